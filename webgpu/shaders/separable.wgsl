// Depthwise and pointwise convolution in one pass, with bias, skip and activation; or a pointwise one alone.
//
// A workgroup calculates a tile of pixels for some output channels of one group. First it writes the depthwise
// results of the tile, all input channels of the group, to its own memory. Then each invocation calculates four
// channels of four pixels, so that a weight that is read serves four pixels. Every number of channels is a
// multiple of four; tensors are (height, width, channels). The pointwise kernel is stored as (group, input
// channel, output channel of the group), the depthwise one as (row, column, channel).

@group(0) @binding(0) var<storage, read_write> arena: array<real4>;
@group(0) @binding(1) var<storage, read> weights: array<real4>;

// All places and sizes of channels count vectors of four.
override ITEM: u32;  // of an item's part of the arena
override INPUT: u32; // in the item's part
override OUTPUT: u32;
override KERNEL: u32; // in the weights
override BIAS: u32;
override DEPTHWISE_KERNEL: u32 = 0u;
override DEPTHWISE_BIAS: u32 = 0u;

override IN_HEIGHT: i32;
override IN_WIDTH: i32;
override OUT_HEIGHT: u32;
override OUT_WIDTH: u32;
override GROUPS: u32 = 1u;
override GROUP_IN: u32;
override GROUP_OUT: u32;
override SIDE: i32 = 0; // of the depthwise kernel; 0 if there is none
override STRIDE: i32 = 1;
override PAD_TOP: i32 = 0;
override PAD_LEFT: i32 = 0;

override SKIP_KIND: u32 = 0u; // 0 none, 1 a tensor is added, 2 the maxima of 2×2 of its pixels are
override SKIP: u32 = 0u;
override SKIP_HEIGHT: u32 = 1u;
override SKIP_WIDTH: u32 = 1u;
override SKIP_GROUP: u32 = 0u; // of a group in the skip; the group's further channels get nothing
override ACTIVATION: u32 = 0u; // 0 none, 1 ReLU, 2 ReLU6, 3 PReLU
override SLOPES: u32 = 0u;

// A workgroup has LANES × ROWS invocations: LANES vectors of output channels, ROWS times four pixels.
override LANES: u32;
override ROWS: u32;
override INVOCATIONS: u32;
override TILE: u32; // vectors of the tile, 4 · ROWS · GROUP_IN

var<workgroup> tile: array<real4, TILE>;

@compute @workgroup_size(INVOCATIONS)
fn main(@builtin(workgroup_id) workgroup: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  let item = workgroup.z * ITEM;
  let chunks = (GROUP_OUT + LANES - 1u) / LANES;
  let group = workgroup.y / chunks;
  let first_pixel = workgroup.x * 4u * ROWS;
  if (SIDE == 3 && STRIDE <= 2 && OUT_WIDTH % 4u == 0u) {
    for (var place = local; place < TILE / 4u; place += INVOCATIONS) {
      depthwise_of_four(item, group, first_pixel, place / GROUP_IN, place % GROUP_IN);
    }
  } else {
    for (var place = local; place < TILE; place += INVOCATIONS) {
      tile[place] = depthwise(item, group, first_pixel + place / GROUP_IN, place % GROUP_IN);
    }
  }
  workgroupBarrier();

  let vector = (workgroup.y % chunks) * LANES + local % LANES;
  if (vector >= GROUP_OUT) {
    return;
  }
  let row = local / LANES;
  let bias = weights[BIAS + group * GROUP_OUT + vector];
  var sum0 = bias;
  var sum1 = bias;
  var sum2 = bias;
  var sum3 = bias;
  var kernel = KERNEL + group * GROUP_IN * 4u * GROUP_OUT + vector;
  let kernel_end = kernel + GROUP_IN * 4u * GROUP_OUT;
  var source = 4u * row * GROUP_IN;
  // No constant bounds this loop or those below: drivers would unroll them, and compile for a second each.
  while (kernel < kernel_end) {
    let w0 = weights[kernel];
    let w1 = weights[kernel + GROUP_OUT];
    let w2 = weights[kernel + 2u * GROUP_OUT];
    let w3 = weights[kernel + 3u * GROUP_OUT];
    kernel += 4u * GROUP_OUT;
    let p0 = tile[source];
    let p1 = tile[source + GROUP_IN];
    let p2 = tile[source + 2u * GROUP_IN];
    let p3 = tile[source + 3u * GROUP_IN];
    source += 1u;
    sum0 += p0.x * w0 + p0.y * w1 + p0.z * w2 + p0.w * w3;
    sum1 += p1.x * w0 + p1.y * w1 + p1.z * w2 + p1.w * w3;
    sum2 += p2.x * w0 + p2.y * w1 + p2.z * w2 + p2.w * w3;
    sum3 += p3.x * w0 + p3.y * w1 + p3.z * w2 + p3.w * w3;
  }
  let pixel = first_pixel + 4u * row;
  var sums = array<real4, 4>(sum0, sum1, sum2, sum3);
  for (var place = pixel; place < min(pixel + 4u, OUT_HEIGHT * OUT_WIDTH); place++) {
    finish(item, group, place, vector, sums[place - pixel]);
  }
}

fn depthwise(item: u32, group: u32, pixel: u32, channel: u32) -> real4 {
  let channels = GROUPS * GROUP_IN;
  let source = group * GROUP_IN + channel;
  if (pixel >= OUT_HEIGHT * OUT_WIDTH) {
    return real4(0);
  }
  if (SIDE == 0) {
    return arena[item + INPUT + pixel * channels + source];
  }
  let top = i32(pixel / OUT_WIDTH) * STRIDE - PAD_TOP;
  let left = i32(pixel % OUT_WIDTH) * STRIDE - PAD_LEFT;
  var sum = weights[DEPTHWISE_BIAS + source];
  let right = min(left + SIDE, IN_WIDTH);
  for (var y = max(top, 0); y < min(top + SIDE, IN_HEIGHT); y++) {
    for (var x = max(left, 0); x < right; x++) {
      sum += arena[item + INPUT + u32(y * IN_WIDTH + x) * channels + source]
        * weights[DEPTHWISE_KERNEL + u32((y - top) * SIDE + x - left) * channels + source];
    }
  }
  return sum;
}

// Four pixels of a row at a time, so that a pixel and a weight that are read serve several of them.
fn depthwise_of_four(item: u32, group: u32, first_pixel: u32, four: u32, channel: u32) {
  let pixel = first_pixel + 4u * four;
  if (pixel >= OUT_HEIGHT * OUT_WIDTH) {
    return;
  }
  let channels = GROUPS * GROUP_IN;
  let source = group * GROUP_IN + channel;
  let top = i32(pixel / OUT_WIDTH) * STRIDE - PAD_TOP;
  let left = i32(pixel % OUT_WIDTH) * STRIDE - PAD_LEFT;
  var sum0 = weights[DEPTHWISE_BIAS + source];
  var sum1 = sum0;
  var sum2 = sum0;
  var sum3 = sum0;
  for (var y = max(top, 0); y < min(top + 3, IN_HEIGHT); y++) {
    let kernel = DEPTHWISE_KERNEL + u32(y - top) * 3u * channels + source;
    let w0 = weights[kernel];
    let w1 = weights[kernel + channels];
    let w2 = weights[kernel + 2u * channels];
    let line = i32(item + INPUT + source) + y * IN_WIDTH * i32(channels);
    let p0 = at(line, left);
    let p1 = at(line, left + 1);
    let p2 = at(line, left + 2);
    let p3 = at(line, left + 3);
    let p4 = at(line, left + 4);
    let p5 = at(line, left + 5);
    sum0 += p0 * w0 + p1 * w1 + p2 * w2;
    if (STRIDE == 1) {
      sum1 += p1 * w0 + p2 * w1 + p3 * w2;
      sum2 += p2 * w0 + p3 * w1 + p4 * w2;
      sum3 += p3 * w0 + p4 * w1 + p5 * w2;
    } else {
      let p6 = at(line, left + 6);
      let p7 = at(line, left + 7);
      let p8 = at(line, left + 8);
      sum1 += p2 * w0 + p3 * w1 + p4 * w2;
      sum2 += p4 * w0 + p5 * w1 + p6 * w2;
      sum3 += p6 * w0 + p7 * w1 + p8 * w2;
    }
  }
  let place = 4u * four * GROUP_IN + channel;
  tile[place] = sum0;
  tile[place + GROUP_IN] = sum1;
  tile[place + 2u * GROUP_IN] = sum2;
  tile[place + 3u * GROUP_IN] = sum3;
}

fn at(line: i32, x: i32) -> real4 {
  if (x < 0 || x >= IN_WIDTH) {
    return real4(0);
  }
  return arena[line + x * i32(GROUPS * GROUP_IN)];
}

fn finish(item: u32, group: u32, pixel: u32, vector: u32, sum: real4) {
  let value = sum + skip(item, group, pixel, vector);
  let channel = group * GROUP_OUT + vector;
  arena[item + OUTPUT + pixel * GROUPS * GROUP_OUT + channel] = activated(value, channel);
}

fn skip(item: u32, group: u32, pixel: u32, vector: u32) -> real4 {
  if (SKIP_KIND == 0u || vector >= SKIP_GROUP) {
    return real4(0);
  }
  let channels = GROUPS * SKIP_GROUP;
  let place = item + SKIP + group * SKIP_GROUP + vector;
  if (SKIP_KIND == 1u) {
    return arena[place + pixel * channels];
  }
  let y = 2u * (pixel / OUT_WIDTH);
  let x = 2u * (pixel % OUT_WIDTH);
  let bottom = min(y + 1u, SKIP_HEIGHT - 1u);
  let right = min(x + 1u, SKIP_WIDTH - 1u);
  return max(
    max(arena[place + (y * SKIP_WIDTH + x) * channels], arena[place + (y * SKIP_WIDTH + right) * channels]),
    max(arena[place + (bottom * SKIP_WIDTH + x) * channels], arena[place + (bottom * SKIP_WIDTH + right) * channels]),
  );
}

fn activated(value: real4, channel: u32) -> real4 {
  if (ACTIVATION == 1u) {
    return max(value, real4(0));
  }
  if (ACTIVATION == 2u) {
    return clamp(value, real4(0), real4(6));
  }
  if (ACTIVATION == 3u) {
    return max(value, real4(0)) + min(value, real4(0)) * weights[SLOPES + channel];
  }
  return value;
}
