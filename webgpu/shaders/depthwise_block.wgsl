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

// Four channels of a block: `channel` is a vector of the map's, `columns` those of x, `rows` 3 + STRIDE.
fn depthwise_block(item: u32, lane: u32, channel: u32, y: u32, x: u32, columns: Columns, rows: u32) -> Block {
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
  let bias = weights[layer.depthwise_bias + channel];
  let top = i32(y * STRIDE) - layer.pad_top;
  var block = Block(bias, bias, bias, bias);
  var kernel = layer.depthwise_kernel + channel;
  // A row of the map meets a row of the kernel for the upper pixels, and for the lower ones that of STRIDE rows before.
  var k1 = array<real4, 3>();
  var k2 = array<real4, 3>();
  for (var line = 0u; line < rows; line++) {
    let read = row(source, top + i32(line), columns);
    let last = kernel_row(kernel, step, lane);
    let on = select(real(0), real(1), line < 3u);
    let k0 = array<real4, 3>(last[0] * on, last[1] * on, last[2] * on);
    block.p00 += left_sum(read, k0);
    block.p01 += right_sum(read, k0);
    if (STRIDE == 1u) {
      block.p10 += left_sum(read, k1);
      block.p11 += right_sum(read, k1);
    } else {
      block.p10 += left_sum(read, k2);
      block.p11 += right_sum(read, k2);
      k2 = k1;
    }
    k1 = k0;
    kernel += select(0u, 3u * step, line < 2u);
  }
  return block;
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
