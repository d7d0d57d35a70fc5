// Sums of weighted rows of a table: result[row] = Σ_k table[index[k, row]] · weight[k, row].
//
// An invocation calculates four channels of one row.

@group(0) @binding(0) var<storage, read_write> arena: array<f32>;

override ITEM: u32;  // elements of an item's part of the arena
override TABLE: u32; // element in the item's part
override INDICES: u32;
override WEIGHTS: u32;
override OUTPUT: u32;
override ENTRIES: u32;  // rows of the table
override CHANNELS: u32; // vectors of four
override ROWS: u32;     // of the result
override COUNT: u32;    // summands

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let row = id.x / CHANNELS;
  let channel = 4u * (id.x % CHANNELS);
  if (row >= ROWS) {
    return;
  }
  let item = id.z * ITEM;
  var sum = vec4<f32>(0.0);
  for (var number = 0u; number < COUNT; number++) {
    let entry = u32(clamp(i32(arena[item + INDICES + number * ROWS + row]), 0, i32(ENTRIES) - 1));
    let source = item + TABLE + entry * 4u * CHANNELS + channel;
    sum += arena[item + WEIGHTS + number * ROWS + row]
      * vec4<f32>(arena[source], arena[source + 1u], arena[source + 2u], arena[source + 3u]);
  }
  let target_place = item + OUTPUT + row * 4u * CHANNELS + channel;
  arena[target_place] = sum.x;
  arena[target_place + 1u] = sum.y;
  arena[target_place + 2u] = sum.z;
  arena[target_place + 3u] = sum.w;
}
