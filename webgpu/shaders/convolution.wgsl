// Convolution of any kernel size, stride, dilation and number of groups, with bias, skip and activation.
//
// An invocation calculates four channels of one pixel. Tensors are (height, width, channels). The kernel is
// stored as (kernel row, kernel column, input channel of the group, output channel), and output channels are
// filled up to a multiple of four, so that neighboring invocations read neighboring weights.

@group(0) @binding(0) var<storage, read_write> arena: array<real>;
@group(0) @binding(1) var<storage, read> weights: array<real4>;

override ITEM: u32;  // elements of an item's part of the arena
override INPUT: u32; // element in the item's part
override OUTPUT: u32;
override KERNEL: u32; // vector in the weights
override BIAS: u32;

override IN_HEIGHT: i32;
override IN_WIDTH: i32;
override IN_CHANNELS: u32;
override OUT_HEIGHT: u32;
override OUT_WIDTH: u32;
override OUT_CHANNELS: u32;
override KERNEL_HEIGHT: i32;
override KERNEL_WIDTH: i32;
override STRIDE_Y: i32 = 1;
override STRIDE_X: i32 = 1;
override DILATION_Y: i32 = 1;
override DILATION_X: i32 = 1;
override PAD_TOP: i32 = 0;
override PAD_LEFT: i32 = 0;
override GROUP_IN: u32;  // channels
override GROUP_OUT: u32; // channels, a multiple of four if there are several groups

override SKIP_KIND: u32 = 0u; // 0 none, 1 a tensor is added, 2 the maxima of 2×2 of its pixels are
override SKIP: u32 = 0u;
override SKIP_HEIGHT: u32 = 1u;
override SKIP_WIDTH: u32 = 1u;
override SKIP_GROUP: u32 = 0u; // channels of a group in the skip; the group's further channels get nothing
override ACTIVATION: u32 = 0u; // 0 none, 1 ReLU, 2 ReLU6, 3 PReLU
override SLOPES: u32 = 0u;     // vector in the weights

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let vectors = (OUT_CHANNELS + 3u) / 4u;
  let pixel = id.x / vectors;
  let vector = id.x % vectors;
  if (pixel >= OUT_HEIGHT * OUT_WIDTH) {
    return;
  }
  let item = id.z * ITEM;
  let y = pixel / OUT_WIDTH;
  let x = pixel % OUT_WIDTH;
  let group = (4u * vector) / GROUP_OUT;
  var sum = weights[BIAS + vector];
  let top = i32(y) * STRIDE_Y - PAD_TOP;
  let left = i32(x) * STRIDE_X - PAD_LEFT;
  let rows = rows_inside(top, IN_HEIGHT, KERNEL_HEIGHT, DILATION_Y);
  let columns = rows_inside(left, IN_WIDTH, KERNEL_WIDTH, DILATION_X);
  for (var row = rows.x; row < rows.y; row++) {
    let from_y = top + row * DILATION_Y;
    for (var column = columns.x; column < columns.y; column++) {
      let from_x = left + column * DILATION_X;
      let source = item + INPUT + u32(from_y * IN_WIDTH + from_x) * IN_CHANNELS + group * GROUP_IN;
      let kernel = KERNEL + u32(row * KERNEL_WIDTH + column) * GROUP_IN * vectors + vector;
      // No constant bounds this loop: drivers would unroll it.
      for (var place = source; place < source + GROUP_IN; place++) {
        sum += arena[place] * weights[kernel + (place - source) * vectors];
      }
    }
  }
  for (var lane = 0u; lane < 4u; lane++) {
    let channel = 4u * vector + lane;
    if (channel < OUT_CHANNELS) {
      let value = sum[lane] + skip(item, y, x, channel);
      arena[item + OUTPUT + pixel * OUT_CHANNELS + channel] = activated(value, vector, lane);
    }
  }
}

// The first row of the kernel that lies on the map, and the one after the last.
fn rows_inside(first: i32, size: i32, kernel: i32, dilation: i32) -> vec2<i32> {
  let before = (max(-first, 0) + dilation - 1) / dilation;
  let end = (max(size - first, 0) + dilation - 1) / dilation;
  return vec2<i32>(before, min(end, kernel));
}

fn skip(item: u32, y: u32, x: u32, channel: u32) -> real {
  let within = channel % GROUP_OUT;
  if (SKIP_KIND == 0u || within >= SKIP_GROUP) {
    return real(0);
  }
  let channels = OUT_CHANNELS / GROUP_OUT * SKIP_GROUP;
  let place = item + SKIP + channel / GROUP_OUT * SKIP_GROUP + within;
  if (SKIP_KIND == 1u) {
    return arena[place + (y * OUT_WIDTH + x) * channels];
  }
  let top = 2u * y * SKIP_WIDTH;
  let bottom = min(2u * y + 1u, SKIP_HEIGHT - 1u) * SKIP_WIDTH;
  let left = 2u * x;
  let right = min(2u * x + 1u, SKIP_WIDTH - 1u);
  return max(
    max(arena[place + (top + left) * channels], arena[place + (top + right) * channels]),
    max(arena[place + (bottom + left) * channels], arena[place + (bottom + right) * channels]),
  );
}

fn activated(value: real, vector: u32, lane: u32) -> real {
  if (ACTIVATION == 1u) {
    return max(value, real(0));
  }
  if (ACTIVATION == 2u) {
    return clamp(value, real(0), real(6));
  }
  if (ACTIVATION == 3u && value < real(0)) {
    return value * weights[SLOPES + vector][lane];
  }
  return value;
}
