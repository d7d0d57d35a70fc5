// Maximum or mean of the pixels in a window, for each channel. Pixels outside the map do not count.

@group(0) @binding(0) var<storage, read_write> arena: array<real>;

override ITEM: u32;  // elements of an item's part of the arena
override INPUT: u32; // element in the item's part
override OUTPUT: u32;
override IN_HEIGHT: i32;
override IN_WIDTH: i32;
override CHANNELS: u32;
override OUT_HEIGHT: u32;
override OUT_WIDTH: u32;
override WINDOW_HEIGHT: i32;
override WINDOW_WIDTH: i32;
override STRIDE_Y: i32;
override STRIDE_X: i32;
override PAD_TOP: i32 = 0;
override PAD_LEFT: i32 = 0;
override MEAN: u32 = 0u;       // 0 maximum, 1 mean
override ACTIVATION: u32 = 0u; // 0 none, 1 ReLU, 2 ReLU6

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let pixel = id.x / CHANNELS;
  let channel = id.x % CHANNELS;
  if (pixel >= OUT_HEIGHT * OUT_WIDTH) {
    return;
  }
  let item = id.z * ITEM;
  let first_y = i32(pixel / OUT_WIDTH) * STRIDE_Y - PAD_TOP;
  let first_x = i32(pixel % OUT_WIDTH) * STRIDE_X - PAD_LEFT;
  let top = max(first_y, 0);
  let bottom = min(first_y + WINDOW_HEIGHT, IN_HEIGHT);
  let left = max(first_x, 0);
  let right = min(first_x + WINDOW_WIDTH, IN_WIDTH);
  let base = item + INPUT + channel;
  var result = arena[base + u32(top * IN_WIDTH + left) * CHANNELS];
  if (MEAN == 1u) {
    result = real(0);
  }
  for (var y = top; y < bottom; y++) {
    for (var x = left; x < right; x++) {
      let value = arena[base + u32(y * IN_WIDTH + x) * CHANNELS];
      result = select(max(result, value), result + value, MEAN == 1u);
    }
  }
  if (MEAN == 1u) {
    result /= real((bottom - top) * (right - left));
  }
  if (ACTIVATION == 1u) {
    result = max(result, real(0));
  } else if (ACTIVATION == 2u) {
    result = clamp(result, real(0), real(6));
  }
  arena[item + OUTPUT + pixel * CHANNELS + channel] = result;
}
