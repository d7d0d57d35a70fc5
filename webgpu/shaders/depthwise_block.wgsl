// The depthwise convolution of a block of 2×2 pixels by a kernel of 3×3, or the pixels themselves. Part of the
// shaders `separable` and `separable_tile`, whose parameters it reads.
//
// Neighboring pixels share what they read: 16 pixels for four results at stride 1, 25 at stride 2.

override SIDE: u32 = 0u;   // of the kernel: 3, or 0 if there is no depthwise convolution
override STRIDE: u32 = 1u; // 1 or 2

// Four channels of the pixels (0, 0), (0, 1), (1, 0), (1, 1) of a block, (row, column).
struct Block {
  p00: real4,
  p01: real4,
  p10: real4,
  p11: real4,
}

// Where columns of a map begin, and 1 for those that lie on it, 0 for others.
struct Columns {
  places: array<u32, 5>,
  weights: array<real, 5>,
}

struct Row {
  p: array<real4, 5>,
}

// Of the block at (y, x), in pixels of the result.
fn columns_of(x: u32) -> Columns {
  var columns: Columns;
  let left = i32(x * STRIDE) - layer.pad_left;
  columns.places = array<u32, 5>(column(left), column(left + 1), column(left + 2), column(left + 3), column(left + 4));
  columns.weights = array<real, 5>(
    on_map(left, layer.in_width), on_map(left + 1, layer.in_width), on_map(left + 2, layer.in_width),
    on_map(left + 3, layer.in_width), on_map(left + 4, layer.in_width)
  );
  return columns;
}

fn column(x: i32) -> u32 {
  return u32(clamp(x, 0, layer.in_width - 1)) * layer.groups * layer.group_in;
}

fn on_map(place: i32, size: i32) -> real {
  return select(real(0), real(1), place >= 0 && place < size);
}

// Four channels of a block: `channel` is a vector of the map's, `columns` those of x.
fn depthwise_block(item: u32, lane: u32, channel: u32, y: u32, x: u32, columns: Columns) -> Block {
  let source = item + layer.input + channel;
  if (SIDE == 0u) {
    let right = min(x + 1u, layer.out_width - 1u);
    let channels = layer.groups * layer.group_in;
    let top = source + y * layer.out_width * channels;
    let bottom = source + min(y + 1u, layer.out_height - 1u) * layer.out_width * channels;
    return Block(
      arena[top + x * channels], arena[top + right * channels],
      arena[bottom + x * channels], arena[bottom + right * channels]
    );
  }
  let step = layer.groups * layer.group_in;
  let kernel = layer.depthwise_kernel + channel;
  let k0 = kernel_row(kernel, step, lane);
  let k1 = kernel_row(kernel + 3u * step, step, lane);
  let k2 = kernel_row(kernel + 6u * step, step, lane);
  let bias = weights[layer.depthwise_bias + channel];
  let top = i32(y * STRIDE) - layer.pad_top;
  let r0 = row(source, top, columns);
  let r1 = row(source, top + 1, columns);
  let r2 = row(source, top + 2, columns);
  let r3 = row(source, top + 3, columns);
  if (STRIDE == 1u) {
    return Block(
      bias + left_sum(r0, k0) + left_sum(r1, k1) + left_sum(r2, k2),
      bias + right_sum(r0, k0) + right_sum(r1, k1) + right_sum(r2, k2),
      bias + left_sum(r1, k0) + left_sum(r2, k1) + left_sum(r3, k2),
      bias + right_sum(r1, k0) + right_sum(r2, k1) + right_sum(r3, k2)
    );
  }
  let r4 = row(source, top + 4, columns);
  return Block(
    bias + left_sum(r0, k0) + left_sum(r1, k1) + left_sum(r2, k2),
    bias + right_sum(r0, k0) + right_sum(r1, k1) + right_sum(r2, k2),
    bias + left_sum(r2, k0) + left_sum(r3, k1) + left_sum(r4, k2),
    bias + right_sum(r2, k0) + right_sum(r3, k1) + right_sum(r4, k2)
  );
}

fn row(source: u32, y: i32, columns: Columns) -> Row {
  let line = source + u32(clamp(y, 0, layer.in_height - 1) * layer.in_width) * layer.groups * layer.group_in;
  let on = on_map(y, layer.in_height);
  var row: Row;
  row.p[0] = arena[line + columns.places[0]] * (on * columns.weights[0]);
  row.p[1] = arena[line + columns.places[1]] * (on * columns.weights[1]);
  row.p[2] = arena[line + columns.places[2]] * (on * columns.weights[2]);
  row.p[3] = arena[line + columns.places[3]] * (on * columns.weights[3]);
  if (STRIDE == 2u) {
    row.p[4] = arena[line + columns.places[4]] * (on * columns.weights[4]);
  }
  return row;
}

fn left_sum(row: Row, kernel: array<real4, 3>) -> real4 {
  return row.p[0] * kernel[0] + row.p[1] * kernel[1] + row.p[2] * kernel[2];
}

fn right_sum(row: Row, kernel: array<real4, 3>) -> real4 {
  if (STRIDE == 1u) {
    return row.p[1] * kernel[0] + row.p[2] * kernel[1] + row.p[3] * kernel[2];
  }
  return row.p[2] * kernel[0] + row.p[3] * kernel[1] + row.p[4] * kernel[2];
}
