// Bilinear resizing of a map, by the rules of TFLite's RESIZE_BILINEAR.

@group(0) @binding(0) var<storage, read_write> arena: array<real>;

override ITEM: u32;  // elements of an item's part of the arena
override INPUT: u32; // element in the item's part
override OUTPUT: u32;
override IN_HEIGHT: u32;
override IN_WIDTH: u32;
override CHANNELS: u32;
override OUT_HEIGHT: u32;
override OUT_WIDTH: u32;
override SCALE_Y: f32; // pixels of the input for each of the output
override SCALE_X: f32;
override HALF_PIXEL_CENTERS: u32 = 0u;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let pixel = id.x / CHANNELS;
  let channel = id.x % CHANNELS;
  if (pixel >= OUT_HEIGHT * OUT_WIDTH) {
    return;
  }
  let item = id.z * ITEM;
  let y = place(pixel / OUT_WIDTH, SCALE_Y);
  let x = place(pixel % OUT_WIDTH, SCALE_X);
  let top = u32(max(floor(y), 0.0));
  let bottom = min(u32(max(ceil(y), 0.0)), IN_HEIGHT - 1u);
  let left = u32(max(floor(x), 0.0));
  let right = min(u32(max(ceil(x), 0.0)), IN_WIDTH - 1u);
  let base = item + INPUT + channel;
  let across = real(x - f32(left));
  let upper = mix(
    arena[base + (top * IN_WIDTH + left) * CHANNELS], arena[base + (top * IN_WIDTH + right) * CHANNELS], across
  );
  let lower = mix(
    arena[base + (bottom * IN_WIDTH + left) * CHANNELS],
    arena[base + (bottom * IN_WIDTH + right) * CHANNELS],
    across,
  );
  arena[item + OUTPUT + pixel * CHANNELS + channel] = mix(upper, lower, real(y - f32(top)));
}

fn place(index: u32, scale: f32) -> f32 {
  if (HALF_PIXEL_CENTERS == 1u) {
    return (f32(index) + 0.5) * scale - 0.5;
  }
  return f32(index) * scale;
}
