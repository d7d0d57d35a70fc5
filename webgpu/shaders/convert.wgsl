// Copies a tensor from 32-bit floats to 16-bit ones, or back, two elements for each invocation.

@group(0) @binding(0) var<storage, read_write> arena: array<u32>;

override ITEM: u32;  // words of an item's part of the arena
override INPUT: u32; // word in the item's part
override OUTPUT: u32;
override PAIRS: u32;   // of elements; the last one may be half a pair
override TO_HALF: u32; // 1: from 32 to 16 bits; 0: back

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  if (id.x >= PAIRS) {
    return;
  }
  let source = id.z * ITEM + INPUT;
  let result = id.z * ITEM + OUTPUT;
  if (TO_HALF == 1u) {
    let pair = vec2<f32>(bitcast<f32>(arena[source + 2u * id.x]), bitcast<f32>(arena[source + 2u * id.x + 1u]));
    arena[result + id.x] = pack2x16float(pair);
  } else {
    let pair = unpack2x16float(arena[source + id.x]);
    arena[result + 2u * id.x] = bitcast<u32>(pair.x);
    arena[result + 2u * id.x + 1u] = bitcast<u32>(pair.y);
  }
}
