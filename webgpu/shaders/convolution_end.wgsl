// The end of a convolution: a skip is added, then the activation. Part of the shaders `separable` and
// `separable_tile`, whose parameters it reads.

override IS_POOLED: bool = false;   // whether the maxima of 2×2 pixels of the skip are added, else its pixels
override IS_RELU6: bool = false;  // else PReLU: with slopes of 0 it is ReLU, with slopes of 1 nothing

// What is added to a vector of a group's output channels.
fn skip(item: u32, group: u32, y: u32, x: u32, vector: u32) -> real4 {
  if (vector >= layer.skip_group) {
    return real4(0);
  }
  let channels = layer.groups * layer.skip_group;
  let place = item + layer.skip + group * layer.skip_group + vector;
  if (!IS_POOLED) {
    return arena[place + (y * layer.out_width + x) * channels];
  }
  let top = 2u * y * layer.skip_width;
  let bottom = min(2u * y + 1u, layer.skip_height - 1u) * layer.skip_width;
  let left = 2u * x;
  let right = min(left + 1u, layer.skip_width - 1u);
  return max(
    max(arena[place + (top + left) * channels], arena[place + (top + right) * channels]),
    max(arena[place + (bottom + left) * channels], arena[place + (bottom + right) * channels]),
  );
}

fn activated(value: real4, slope: real4) -> real4 {
  if (IS_RELU6) {
    return clamp(value, real4(0), real4(6));
  }
  return max(value, real4(0)) + min(value, real4(0)) * slope;
}

// Writes VECTORS vectors of channels of a block; the last row and column of an odd map have half a block.
//
// The bounds of these loops are no constants: drivers do not unroll them, and compile in half the time.
fn finish(item: u32, group: u32, vector: u32, y: u32, x: u32, sums: Sums) {
  for (var part = vector; part < min(vector + VECTORS, layer.group_out); part++) {
    let slope = weights[layer.slopes + group * layer.group_out + part];
    let v00 = vector_of(sums.s00, part - vector);
    let v01 = vector_of(sums.s01, part - vector);
    let v10 = vector_of(sums.s10, part - vector);
    let v11 = vector_of(sums.s11, part - vector);
    for (var to_y = y; to_y < min(y + 2u, layer.out_height); to_y++) {
      for (var to_x = x; to_x < min(x + 2u, layer.out_width); to_x++) {
        let value = select(select(v11, v10, to_x == x), select(v01, v00, to_x == x), to_y == y);
        write(item, group, part, to_y, to_x, value, slope);
      }
    }
  }
}

fn write(item: u32, group: u32, vector: u32, y: u32, x: u32, sum: real4, slope: real4) {
  let channels = layer.groups * layer.group_out;
  let place = item + layer.output + (y * layer.out_width + x) * channels + group * layer.group_out + vector;
  arena[place] = activated(sum + skip(item, group, y, x, vector), slope);
}

// A column of a matrix. An index that is no constant would put the matrix into memory.
fn vector_of(matrix: real4x4, index: u32) -> real4 {
  if (VECTORS == 1u) {
    return matrix[0];
  }
  if (VECTORS == 2u) {
    return select(matrix[1], matrix[0], index == 0u);
  }
  return select(select(matrix[3], matrix[2], index == 2u), select(matrix[1], matrix[0], index == 0u), index < 2u);
}
