// The buffers and the parameters of the shaders `separable` and `separable_tile`, of which this is a part.

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
  skip_group: u32, // of a group in the skip; the group's further channels get nothing
  // Of a workgroup of `separable_tile`: blocks of pixels, which vary fastest, and chunks of VECTORS; their product is
  // 64 at most.
  blocks: u32,
  lanes: u32,
}
