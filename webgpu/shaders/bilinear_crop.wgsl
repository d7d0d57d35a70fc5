// MediaPipe's operator TransformTensorBilinear: samples a crop of a map at the places that a matrix gives.
//
// Cell (x, y) of the crop samples the map at T · (x + ½, y + ½) − ½. A sample outside the map is zero.

@group(0) @binding(0) var<storage, read_write> arena: array<f32>;

override ITEM: u32;  // elements of an item's part of the arena
override INPUT: u32; // element in the item's part
override MATRIX: u32;
override OUTPUT: u32;
override IN_HEIGHT: u32;
override IN_WIDTH: u32;
override CHANNELS: u32;
override OUT_HEIGHT: u32;
override OUT_WIDTH: u32;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let pixel = id.x / CHANNELS;
  let channel = id.x % CHANNELS;
  if (pixel >= OUT_HEIGHT * OUT_WIDTH) {
    return;
  }
  let item = id.z * ITEM;
  let matrix = item + MATRIX;
  let cell = vec2<f32>(f32(pixel % OUT_WIDTH), f32(pixel / OUT_WIDTH)) + 0.5;
  let place = vec2<f32>(
    arena[matrix] * cell.x + arena[matrix + 1u] * cell.y + arena[matrix + 3u],
    arena[matrix + 4u] * cell.x + arena[matrix + 5u] * cell.y + arena[matrix + 7u],
  ) - 0.5;
  let limit = vec2<f32>(f32(IN_WIDTH - 1u), f32(IN_HEIGHT - 1u));
  let output = item + OUTPUT + pixel * CHANNELS + channel;
  if (!(all(place >= vec2<f32>(0.0)) && all(place <= limit))) {
    arena[output] = 0.0;
    return;
  }
  let base = floor(place);
  let part = place - base;
  let source = item + INPUT + (u32(base.y) * IN_WIDTH + u32(base.x)) * CHANNELS + channel;
  let right = select(0u, CHANNELS, place.x < limit.x);
  let below = source + select(0u, IN_WIDTH * CHANNELS, place.y < limit.y);
  arena[output] = mix(
    mix(arena[source], arena[source + right], part.x), mix(arena[below], arena[below + right], part.x), part.y
  );
}
