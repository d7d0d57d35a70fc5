// Convolution of any kernel size, stride, dilation and number of groups, with bias, skip and activation.
//
// An invocation calculates four pixels of a row for VECTORS vectors of output channels, or a single pixel. Tensors
// are (height, width, channels). The kernel is stored as (kernel row, kernel column, input channel of the group,
// output channel), and output channels are filled up to whole vectors of four, and to VECTORS of them.

@group(0) @binding(0) var<storage, read_write> arena: array<real>;
@group(0) @binding(1) var<storage, read> weights: array<real4>;
@group(1) @binding(0) var<uniform> layer: Parameters;

struct Parameters {
  item: u32,  // elements of an item's part of the arena
  input: u32, // element in the item's part
  output: u32,
  kernel: u32, // vector in the weights
  bias: u32,
  slopes: u32,
  in_height: i32,
  in_width: i32,
  in_channels: u32,
  out_height: u32,
  out_width: u32,
  out_channels: u32,
  kernel_height: i32,
  kernel_width: i32,
  stride_y: i32,
  stride_x: i32,
  dilation_y: i32,
  dilation_x: i32,
  pad_top: i32,
  pad_left: i32,
  group_in: u32,  // channels
  group_out: u32, // channels, a multiple of four if there are several groups
  skip: u32,
  skip_height: u32,
  skip_width: u32,
  skip_scale: u32, // 1: pixels of the skip are added; 2: the maxima of 2×2 of them
  skip_group: u32, // channels of a group in the skip; the group's further channels get nothing
  nothing: u32, // 0, see `turns`
  kernel_vectors: u32, // of output channels, a multiple of VECTORS
  lanes: u32,      // of chunks of VECTORS, those that vary along x; the others do along y
}

override PIXELS: u32 = 4u;  // 4 or 1
override VECTORS: u32 = 1u; // 4 or 1; a group has a multiple of them, or there is one group
override IS_PICTURE: bool = false; // whether a group has three channels
override HAS_SKIP: bool = false;
override IS_RELU6: bool = false; // else PReLU: with slopes of 0 it is ReLU, with slopes of 1 nothing

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  let item = id.z * layer.item;
  let lane = local % 4u;
  let vectors = layer.kernel_vectors;
  let vector = min((id.y * layer.lanes + id.x % layer.lanes) * VECTORS, vectors - VECTORS);
  let strips_x = (layer.out_width + PIXELS - 1u) / PIXELS;
  let strips = strips_x * layer.out_height;
  if (!IS_SHARED && id.x / layer.lanes >= strips) {
    return;
  }
  // Those beyond the end stay if others need what they read.
  let strip = min(id.x / layer.lanes, strips - 1u);
  let y = strip / strips_x;
  let x = strip % strips_x * PIXELS;
  let group = 4u * vector / layer.group_out;
  var sum0 = real4x4();
  var sum1 = real4x4();
  var sum2 = real4x4();
  var sum3 = real4x4();
  let top = i32(y) * layer.stride_y - layer.pad_top;
  let left = i32(x) * layer.stride_x - layer.pad_left;
  let input = item + layer.input + group * layer.group_in;
  let kernel_step = layer.group_in * vectors;
  for (var tap = 0; tap < layer.kernel_height * layer.kernel_width; tap++) {
    let from_y = top + tap / layer.kernel_width * layer.dilation_y;
    let from_x = left + tap % layer.kernel_width * layer.dilation_x;
    let on = on_map(from_y, layer.in_height);
    let on0 = on * on_map(from_x, layer.in_width);
    let on1 = on * on_map(from_x + layer.stride_x, layer.in_width);
    let on2 = on * on_map(from_x + 2 * layer.stride_x, layer.in_width);
    let on3 = on * on_map(from_x + 3 * layer.stride_x, layer.in_width);
    let line = clamp(from_y, 0, layer.in_height - 1) * layer.in_width;
    let source0 = input + pixel(line, from_x);
    let source1 = input + pixel(line, from_x + layer.stride_x);
    let source2 = input + pixel(line, from_x + 2 * layer.stride_x);
    let source3 = input + pixel(line, from_x + 3 * layer.stride_x);
    var kernel = layer.kernel + u32(tap) * kernel_step + vector;
    if (IS_PICTURE) { // without a loop, which costs as much as the products on software
      {
        let weight = kernel_of_channel(kernel, lane);
        sum0 += weight * (arena[source0] * on0);
        if (PIXELS == 4u) {
          sum1 += weight * (arena[source1] * on1);
          sum2 += weight * (arena[source2] * on2);
          sum3 += weight * (arena[source3] * on3);
        }
      }
      {
        let weight = kernel_of_channel(kernel + vectors, lane);
        sum0 += weight * (arena[source0 + 1u] * on0);
        if (PIXELS == 4u) {
          sum1 += weight * (arena[source1 + 1u] * on1);
          sum2 += weight * (arena[source2 + 1u] * on2);
          sum3 += weight * (arena[source3 + 1u] * on3);
        }
      }
      {
        let weight = kernel_of_channel(kernel + 2u * vectors, lane);
        sum0 += weight * (arena[source0 + 2u] * on0);
        if (PIXELS == 4u) {
          sum1 += weight * (arena[source1 + 2u] * on1);
          sum2 += weight * (arena[source2 + 2u] * on2);
          sum3 += weight * (arena[source3 + 2u] * on3);
        }
      }
      continue;
    }
    for (var channel = 0u; channel < layer.group_in; channel++) {
      let weight = kernel_of_channel(kernel, lane);
      sum0 += weight * (arena[source0 + channel] * on0);
      if (PIXELS == 4u) {
        sum1 += weight * (arena[source1 + channel] * on1);
        sum2 += weight * (arena[source2 + channel] * on2);
        sum3 += weight * (arena[source3 + channel] * on3);
      }
      kernel += vectors;
    }
  }
  if (id.x / layer.lanes < strips) {
    // A loop whose bound is no constant: drivers do not unroll it, and compile in half the time.
    for (var own = vector; own < min(vector + VECTORS, vectors); own++) {
      let column = own - vector;
      finish(
        item, own, y, x,
        vector_of(sum0, column), vector_of(sum1, column), vector_of(sum2, column), vector_of(sum3, column)
      );
    }
  }
}

// A column of a matrix. An index that is no constant would put the matrix into memory.
fn vector_of(matrix: real4x4, index: u32) -> real4 {
  if (VECTORS == 1u) {
    return matrix[0];
  }
  return select(select(matrix[3], matrix[2], index == 2u), select(matrix[1], matrix[0], index == 0u), index < 2u);
}

// The weights of an input channel, for four output channels in each column.
fn kernel_of_channel(place: u32, lane: u32) -> real4x4 {
  if (VECTORS == 4u) {
    return kernel_block(place, 1u, lane);
  }
  return real4x4(weights[place], real4(0), real4(0), real4(0));
}

fn on_map(place: i32, size: i32) -> real {
  return select(real(0), real(1), place >= 0 && place < size);
}

fn pixel(line: i32, x: i32) -> u32 {
  return u32(line + clamp(x, 0, layer.in_width - 1)) * layer.in_channels;
}

// Writes four channels of the pixels from x on.
fn finish(item: u32, vector: u32, y: u32, x: u32, v0: real4, v1: real4, v2: real4, v3: real4) {
  let bias = weights[layer.bias + vector];
  let slope = weights[layer.slopes + vector];
  // Loops whose bounds are no constants: drivers do not unroll them, and compile in half the time.
  let end = min(4u * vector + 4u, layer.out_channels);
  if (!HAS_SKIP && 4u * vector + 4u == end) {
    let to = item + layer.output + (y * layer.out_width + x) * layer.out_channels + 4u * vector;
    write(to, v0 + bias, slope);
    if (PIXELS == 4u) {
      if (x + 1u < layer.out_width) {
        write(to + layer.out_channels, v1 + bias, slope);
      }
      if (x + 2u < layer.out_width) {
        write(to + 2u * layer.out_channels, v2 + bias, slope);
      }
      if (x + 3u < layer.out_width) {
        write(to + 3u * layer.out_channels, v3 + bias, slope);
      }
    }
    return;
  }
  for (var to_x = x; to_x < min(x + PIXELS, layer.out_width); to_x++) {
    var value = v0 + bias;
    if (PIXELS == 4u) {
      value = select(select(v3, v2, to_x == x + 2u), select(v1, v0, to_x == x), to_x < x + 2u) + bias;
    }
    let output = item + layer.output + (y * layer.out_width + to_x) * layer.out_channels;
    for (var channel = 4u * vector; channel < end; channel++) {
      let lane = channel % 4u;
      let part = select(select(value.w, value.z, lane == 2u), select(value.y, value.x, lane == 0u), lane < 2u);
      let slope_part = select(select(slope.w, slope.z, lane == 2u), select(slope.y, slope.x, lane == 0u), lane < 2u);
      arena[output + channel] = activated(part + skip(item, y, to_x, channel), slope_part);
    }
  }
}

// Writes four channels of a pixel that has no skip.
fn write(place: u32, value: real4, slope: real4) {
  arena[place] = activated(value.x, slope.x);
  arena[place + 1u] = activated(value.y, slope.y);
  arena[place + 2u] = activated(value.z, slope.z);
  arena[place + 3u] = activated(value.w, slope.w);
}

fn skip(item: u32, y: u32, x: u32, channel: u32) -> real {
  let within = channel % layer.group_out;
  if (!HAS_SKIP || within >= layer.skip_group) {
    return real(0);
  }
  let channels = layer.out_channels / layer.group_out * layer.skip_group;
  let place = item + layer.skip + channel / layer.group_out * layer.skip_group + within;
  let scale = layer.skip_scale;
  var found = arena[place + scale * (y * layer.skip_width + x) * channels];
  for (var number = 1u; number < scale * scale; number++) {
    let line = min(scale * y + number / scale, layer.skip_height - 1u);
    let column = min(scale * x + number % scale, layer.skip_width - 1u);
    found = max(found, arena[place + (line * layer.skip_width + column) * channels]);
  }
  return found;
}

fn activated(value: real, slope: real) -> real {
  if (IS_RELU6) {
    return clamp(value, real(0), real(6));
  }
  return max(value, real(0)) + min(value, real(0)) * slope;
}
