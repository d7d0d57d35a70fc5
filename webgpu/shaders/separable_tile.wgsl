// Depthwise and pointwise convolution in one pass, for layers of many channels.
//
// A workgroup calculates some blocks of 2×2 pixels for some output channels of one group. First it writes the
// depthwise results of its blocks, all input channels of the group, to its own memory. Then each invocation
// calculates a block for VECTORS vectors of output channels. Tensors and kernels are those of `separable`.

override VECTORS: u32 = 1u; // 1, 2 or 4, at most the group's vectors
override TILE: u32; // vectors of the workgroup's memory, at least 4 · blocks · group_in
const INVOCATIONS = 64u;

var<workgroup> tile: array<real4, TILE>;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) workgroup: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  let item = workgroup.z * layer.item;
  let lane = local % 4u;
  let chunks = (layer.group_out + layer.lanes * VECTORS - 1u) / (layer.lanes * VECTORS);
  let group = workgroup.y / chunks;
  let blocks_x = (layer.out_width + 1u) / 2u;
  let all_blocks = blocks_x * ((layer.out_height + 1u) / 2u);
  for (var place = local; place < layer.blocks * layer.group_in; place += INVOCATIONS) {
    let block = min(workgroup.x * layer.blocks + place % layer.blocks, all_blocks - 1u);
    let y = 2u * (block / blocks_x);
    let x = 2u * (block % blocks_x);
    let channel = group * layer.group_in + place / layer.blocks;
    if (SIDE == 0u || (SIDE == 3u && STRIDE <= 2u)) {
      keep(place, depthwise_block(item, lane, channel, y, x, columns_of(x), turns(3u + STRIDE)));
    } else {
      keep(place, Block(
        depthwise_pixel(item, channel, y, x), depthwise_pixel(item, channel, y, x + 1u),
        depthwise_pixel(item, channel, y + 1u, x), depthwise_pixel(item, channel, y + 1u, x + 1u)
      ));
    }
  }
  workgroupBarrier();
  if (local >= layer.blocks * layer.lanes) {
    return;
  }

  let own = local % layer.blocks;
  let block = min(workgroup.x * layer.blocks + own, all_blocks - 1u);
  // Those beyond the end stay, because others need what they read.
  let wanted = ((workgroup.y % chunks) * layer.lanes + local / layer.blocks) * VECTORS;
  let vector = min(wanted, layer.group_out - VECTORS);
  var sums = first_sums(group, vector, lane);
  var kernel = layer.kernel + group * layer.group_in * 4u * layer.group_out + vector;
  let end = kernel + layer.group_in * 4u * layer.group_out;
  var source = 4u * own;
  while (kernel < end) {
    let input = Block(tile[source], tile[source + 1u], tile[source + 2u], tile[source + 3u]);
    add_products(&sums, input, kernel, lane);
    kernel += 4u * layer.group_out;
    source += 4u * layer.blocks;
  }
  if (workgroup.x * layer.blocks + own < all_blocks && wanted < layer.group_out) {
    let y = 2u * (block / blocks_x);
    let x = 2u * (block % blocks_x);
    finish(item, group, vector, y, x, sums);
  }
}

fn keep(place: u32, block: Block) {
  for (var part = 0u; part < turns(4u); part++) {
    let upper = select(block.p01, block.p00, part == 0u);
    let lower = select(block.p11, block.p10, part == 2u);
    tile[4u * place + part] = select(lower, upper, part < 2u);
  }
}

// A depthwise convolution of any size and stride, for one pixel.
fn depthwise_pixel(item: u32, channel: u32, y: u32, x: u32) -> real4 {
  let step = layer.groups * layer.group_in;
  let side = i32(SIDE);
  let top = i32(y * STRIDE) - layer.pad_top;
  let left = i32(x * STRIDE) - layer.pad_left;
  var sum = weights[layer.depthwise_bias + channel];
  let right = min(left + side, layer.in_width);
  // No constant bounds these loops: drivers would unroll them, and compile for a second each.
  for (var line = max(top, 0); line < min(top + side, layer.in_height); line++) {
    for (var column = max(left, 0); column < right; column++) {
      sum += arena[item + layer.input + u32(line * layer.in_width + column) * step + channel]
        * weights[layer.depthwise_kernel + u32((line - top) * side + column - left) * step + channel];
    }
  }
  return sum;
}
