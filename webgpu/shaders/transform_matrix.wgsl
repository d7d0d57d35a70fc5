// MediaPipe's operator Landmarks2TransformMatrix: the transform of the crop of a region of the face map, from
// the landmarks around it.
//
// One workgroup: each invocation looks at some landmarks, the first one writes the (4, 4) matrix from cells of
// the crop to the landmarks' coordinates.

@group(0) @binding(0) var<storage, read_write> arena: array<f32>;
@group(0) @binding(1) var<storage, read> weights: array<u32>;

override ITEM: u32;  // elements of an item's part of the arena
override INPUT: u32; // element in the item's part
override OUTPUT: u32;
override DIMENSIONS: u32; // numbers of a landmark
override SUBSET: u32;     // word in the weights: the landmarks around the region
override SUBSET_SIZE: u32;
override LEFT: u32; // the ends of the line that the crop turns by
override RIGHT: u32;
override TARGET: f32; // radians, the line's direction in the crop
override HEIGHT: f32; // cells of the crop
override WIDTH: f32;
override SCALE_X: f32; // of the crop, by the landmarks' box
override SCALE_Y: f32;
const THREADS = 64u;

var<workgroup> lows: array<vec2<f32>, THREADS>;
var<workgroup> highs: array<vec2<f32>, THREADS>;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  let item = group.z * ITEM;
  let line = landmark(item, RIGHT) - landmark(item, LEFT);
  // The turn by target − direction, without the angle. A line without length counts as horizontal.
  let distance = length(line);
  let along = select(line / distance, vec2<f32>(1.0, 0.0), distance == 0.0);
  let cosine = cos(TARGET) * along.x + sin(TARGET) * along.y;
  let sine = sin(TARGET) * along.x - cos(TARGET) * along.y;
  var low = vec2<f32>(3e38);
  var high = vec2<f32>(-3e38);
  for (var number = local; number < SUBSET_SIZE; number += THREADS) {
    let point = landmark(item, weights[SUBSET + number]);
    let turned = vec2<f32>(cosine * point.x - sine * point.y, sine * point.x + cosine * point.y);
    low = min(low, turned);
    high = max(high, turned);
  }
  lows[local] = low;
  highs[local] = high;
  workgroupBarrier();
  if (local != 0u) {
    return;
  }
  for (var other = 1u; other < THREADS; other++) {
    low = min(low, lows[other]);
    high = max(high, highs[other]);
  }
  let cell = vec2<f32>(SCALE_X, SCALE_Y) * (high - low) / vec2<f32>(WIDTH, HEIGHT);
  let corner = 0.5 * (low + high) - 0.5 * cell * vec2<f32>(WIDTH, HEIGHT);
  let matrix = array<f32, 16>(
    cosine * cell.x, sine * cell.y, 0.0, cosine * corner.x + sine * corner.y,
    -sine * cell.x, cosine * cell.y, 0.0, cosine * corner.y - sine * corner.x,
    0.0, 0.0, 1.0, 0.0,
    0.0, 0.0, 0.0, 1.0,
  );
  for (var entry = 0u; entry < 16u; entry++) {
    arena[item + OUTPUT + entry] = matrix[entry];
  }
}

fn landmark(item: u32, number: u32) -> vec2<f32> {
  let place = item + INPUT + number * DIMENSIONS;
  return vec2<f32>(arena[place], arena[place + 1u]);
}
