// What the shaders `separable` and `separable_tile` have in common: buffers, parameters, and the pointwise convolution.

@group(0) @binding(0) var<storage, read_write> arena: array<real4>;
@group(0) @binding(1) var<storage, read> weights: array<real4>;
@group(1) @binding(0) var<uniform> layer: Parameters;

// All places and numbers of channels count vectors of four.
struct Parameters {
  item: u32,  // of an item's part of the arena
  input: u32, // in the item's part
  output: u32,
  kernel: u32, // in the weights
  bias: u32,
  slopes: u32,
  depthwise_kernel: u32,
  depthwise_bias: u32,
  in_height: i32,
  in_width: i32,
  out_height: u32,
  out_width: u32,
  groups: u32,
  group_in: u32,
  group_out: u32,
  pad_top: i32,
  pad_left: i32,
  skip: u32,
  skip_height: u32,
  skip_width: u32,
  nothing: u32, // 0, see `turns`
  skip_group: u32, // of a group in the skip; the group's further channels get nothing
  // Of a workgroup of `separable_tile`: blocks of pixels, which vary fastest, and chunks of VECTORS; their product is
  // 64 at most.
  blocks: u32,
  lanes: u32,
}

// The results of an invocation: a block of 2×2 pixels, and of each VECTORS vectors of output channels.
struct Sums {
  s00: real4x4,
  s01: real4x4,
  s10: real4x4,
  s11: real4x4,
}

// Sums begin with the biases: added at the end, they made the largest error with 16-bit floats 0.35 px on 50 photos
// instead of 0.11 px.
fn first_sums(group: u32, vector: u32, lane: u32) -> Sums {
  let place = layer.bias + group * layer.group_out + vector;
  var biases = real4x4();
  if (VECTORS == 4u) {
    biases = kernel_block(place, 1u, lane);
  } else {
    biases[0] = weights[place];
    if (VECTORS == 2u) {
      biases[1] = weights[place + 1u];
    }
  }
  return Sums(biases, biases, biases, biases);
}

// Adds the products of four input channels of a block with their weights, which begin at `kernel`.
fn add_products(sums: ptr<function, Sums>, input: Block, kernel: u32, lane: u32) {
  let k0 = kernel_block(kernel, layer.group_out, lane);
  (*sums).s00[0] += k0 * input.p00;
  (*sums).s01[0] += k0 * input.p01;
  (*sums).s10[0] += k0 * input.p10;
  (*sums).s11[0] += k0 * input.p11;
  if (VECTORS >= 2u) {
    let k1 = kernel_block(kernel + 1u, layer.group_out, lane);
    (*sums).s00[1] += k1 * input.p00;
    (*sums).s01[1] += k1 * input.p01;
    (*sums).s10[1] += k1 * input.p10;
    (*sums).s11[1] += k1 * input.p11;
  }
  if (VECTORS == 4u) {
    let k2 = kernel_block(kernel + 2u, layer.group_out, lane);
    (*sums).s00[2] += k2 * input.p00;
    (*sums).s01[2] += k2 * input.p01;
    (*sums).s10[2] += k2 * input.p10;
    (*sums).s11[2] += k2 * input.p11;
    let k3 = kernel_block(kernel + 3u, layer.group_out, lane);
    (*sums).s00[3] += k3 * input.p00;
    (*sums).s01[3] += k3 * input.p01;
    (*sums).s10[3] += k3 * input.p10;
    (*sums).s11[3] += k3 * input.p11;
  }
}
