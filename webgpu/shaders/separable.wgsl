// Depthwise and pointwise convolution in one pass, with bias, skip and activation; or a pointwise one alone.
//
// An invocation calculates a block of 2×2 pixels for VECTORS vectors of output channels, and the depthwise
// results that they need. Where several invocations need the same ones, each calculates them anew: that is
// faster than to share them while there are few output channels. `separable_tile` is for the other layers.
//
// Every number of channels is a multiple of four; tensors are (height, width, channels). The pointwise kernel is
// stored as (group, input channel, output channel of the group), the depthwise one as (row, column, channel).

override VECTORS: u32 = 4u; // 1, 2 or 4, a divisor of the group's vectors

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  let item = id.z * layer.item;
  let lane = local % 4u;
  let blocks_x = (layer.out_width + 1u) / 2u;
  let blocks = blocks_x * ((layer.out_height + 1u) / 2u);
  if (!IS_SHARED && id.x >= blocks) {
    return;
  }
  let block = min(id.x, blocks - 1u); // those beyond the end stay if others need what they read
  let y = 2u * (block / blocks_x);
  let x = 2u * (block % blocks_x);
  let chunks = layer.group_out / VECTORS;
  let group = id.y / chunks;
  let vector = id.y % chunks * VECTORS;
  let columns = columns_of(x);
  var sums = first_sums(group, vector, lane);
  var kernel = layer.kernel + group * layer.group_in * 4u * layer.group_out + vector;
  let end = (group + 1u) * layer.group_in;
  for (var channel = group * layer.group_in; channel < end; channel++) {
    let input = depthwise_block(item, lane, channel, y, x, columns, 3u + STRIDE);
    add_products(&sums, input, kernel, lane);
    kernel += 4u * layer.group_out;
  }
  if (id.x < blocks) {
    finish(item, group, vector, y, x, sums);
  }
}
