// Bilinear samples of a map at places that the network calculates. A sample outside the map is zero.
//
// An invocation calculates one sample. The places lie apart: x of all samples, then y of all.

@group(0) @binding(0) var<storage, read_write> arena: array<vec4<f32>>;

override ITEM: u32;   // vectors of an item's part of the arena
override INPUT: u32;  // vector in the item's part
override PLACES: u32;
override OUTPUT: u32;
override HEIGHT: u32;
override WIDTH: u32;
override CHANNELS: u32; // vectors of four
override SAMPLES: u32;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  if (id.x >= SAMPLES) {
    return;
  }
  let item = id.z * ITEM;
  let place = vec2<f32>(number(item + PLACES, id.x), number(item + PLACES, SAMPLES + id.x));
  let limit = vec2<f32>(f32(WIDTH - 1u), f32(HEIGHT - 1u));
  let inside = clamp(place, vec2<f32>(0.0), limit);
  let base = min(floor(inside), limit - 1.0);
  let part = inside - base;
  let factor = select(0.0, 1.0, all(place == inside));
  let top = factor * (1.0 - part.y);
  let bottom = factor * part.y;
  let output = item + OUTPUT + id.x * CHANNELS;
  let source = item + INPUT + (u32(base.y) * WIDTH + u32(base.x)) * CHANNELS;
  let below = source + WIDTH * CHANNELS;
  for (var channel = 0u; channel < CHANNELS; channel++) {
    arena[output + channel] = top * (1.0 - part.x) * arena[source + channel]
      + top * part.x * arena[source + CHANNELS + channel]
      + bottom * (1.0 - part.x) * arena[below + channel]
      + bottom * part.x * arena[below + CHANNELS + channel];
  }
}

fn number(first: u32, index: u32) -> f32 {
  let vector = arena[first + index / 4u];
  let lane = index % 4u;
  return select(select(vector.w, vector.z, lane == 2u), select(vector.y, vector.x, lane == 0u), lane < 2u);
}
