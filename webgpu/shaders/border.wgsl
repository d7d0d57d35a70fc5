// A map with lines and columns of zeros around it.

@group(0) @binding(0) var<storage, read_write> arena: array<vec4<f32>>;

override ITEM: u32;  // vectors of an item's part of the arena
override INPUT: u32; // vector in the item's part
override OUTPUT: u32;
override IN_HEIGHT: u32;
override IN_WIDTH: u32;
override CHANNELS: u32; // vectors of four
override OUT_HEIGHT: u32;
override OUT_WIDTH: u32;
override TOP: u32; // lines above the map
override LEFT: u32; // columns left of it

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  if (id.x >= OUT_HEIGHT * OUT_WIDTH * CHANNELS) {
    return;
  }
  let item = id.z * ITEM;
  let pixel = id.x / CHANNELS;
  // Beyond the map, they wrap around and are large.
  let y = pixel / OUT_WIDTH - TOP;
  let x = pixel % OUT_WIDTH - LEFT;
  let is_inside = y < IN_HEIGHT && x < IN_WIDTH;
  let source = (min(y, IN_HEIGHT - 1u) * IN_WIDTH + min(x, IN_WIDTH - 1u)) * CHANNELS + id.x % CHANNELS;
  arena[item + OUTPUT + id.x] = select(vec4<f32>(0.0), arena[item + INPUT + source], is_inside);
}
