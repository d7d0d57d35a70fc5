// Bilinear samples of a map at places that the network calculates. A sample outside the map is zero.
//
// An invocation calculates one sample. The places lie apart: x of all samples, then y of all.

@group(0) @binding(0) var<storage, read_write> arena: array<vec4<f32>>;
@group(1) @binding(0) var<uniform> layer: Parameters;

struct Parameters {
  item: u32, // vectors of an item's part of the arena
  input: u32, // vector in the item's part
  places: u32,
  output: u32,
  height: u32,
  width: u32,
  channels: u32, // vectors of four
  samples: u32,
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  if (id.x >= layer.samples) {
    return;
  }
  let item = id.z * layer.item;
  let place = vec2<f32>(number(item + layer.places, id.x), number(item + layer.places, layer.samples + id.x));
  let limit = vec2<f32>(f32(layer.width - 1u), f32(layer.height - 1u));
  let inside = clamp(place, vec2<f32>(0.0), limit);
  let base = min(floor(inside), limit - 1.0);
  let part = inside - base;
  let factor = select(0.0, 1.0, all(place == inside));
  let top = factor * (1.0 - part.y);
  let bottom = factor * part.y;
  let output = item + layer.output + id.x * layer.channels;
  let source = item + layer.input + (u32(base.y) * layer.width + u32(base.x)) * layer.channels;
  let below = source + layer.width * layer.channels;
  for (var channel = 0u; channel < layer.channels; channel++) {
    arena[output + channel] = top * (1.0 - part.x) * arena[source + channel]
      + top * part.x * arena[source + layer.channels + channel]
      + bottom * (1.0 - part.x) * arena[below + channel]
      + bottom * part.x * arena[below + layer.channels + channel];
  }
}

fn number(first: u32, index: u32) -> f32 {
  let vector = arena[first + index / 4u];
  let lane = index % 4u;
  return select(select(vector.w, vector.z, lane == 2u), select(vector.y, vector.x, lane == 0u), lane < 2u);
}
