// Depthwise convolution of any kernel size, stride, dilation and multiplier, with bias and activation.
//
// An invocation calculates one channel of one pixel. The kernel is stored as (row, column, output channel).

@group(0) @binding(0) var<storage, read_write> arena: array<real>;
@group(0) @binding(1) var<storage, read> weights: array<real>;

override ITEM: u32;  // elements of an item's part of the arena
override INPUT: u32; // element in the item's part
override OUTPUT: u32;
override KERNEL: u32; // element in the weights
override BIAS: u32;
override SLOPES: u32 = 0u;
override IN_HEIGHT: i32;
override IN_WIDTH: i32;
override IN_CHANNELS: u32;
override OUT_HEIGHT: u32;
override OUT_WIDTH: u32;
override MULTIPLIER: u32 = 1u; // output channels for each input channel
override KERNEL_HEIGHT: i32;
override KERNEL_WIDTH: i32;
override STRIDE_Y: i32 = 1;
override STRIDE_X: i32 = 1;
override DILATION_Y: i32 = 1;
override DILATION_X: i32 = 1;
override PAD_TOP: i32 = 0;
override PAD_LEFT: i32 = 0;
override ACTIVATION: u32 = 0u; // 0 none, 1 ReLU, 2 ReLU6, 3 PReLU

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let channels = IN_CHANNELS * MULTIPLIER;
  let pixel = id.x / channels;
  let channel = id.x % channels;
  if (pixel >= OUT_HEIGHT * OUT_WIDTH) {
    return;
  }
  let item = id.z * ITEM;
  let y = i32(pixel / OUT_WIDTH);
  let x = i32(pixel % OUT_WIDTH);
  var sum = weights[BIAS + channel];
  for (var row = 0; row < KERNEL_HEIGHT; row++) {
    let from_y = y * STRIDE_Y - PAD_TOP + row * DILATION_Y;
    for (var column = 0; column < KERNEL_WIDTH; column++) {
      let from_x = x * STRIDE_X - PAD_LEFT + column * DILATION_X;
      if (from_y >= 0 && from_y < IN_HEIGHT && from_x >= 0 && from_x < IN_WIDTH) {
        let source = u32(from_y * IN_WIDTH + from_x) * IN_CHANNELS + channel / MULTIPLIER;
        let weight = weights[KERNEL + u32(row * KERNEL_WIDTH + column) * channels + channel];
        sum += arena[item + INPUT + source] * weight;
      }
    }
  }
  if (ACTIVATION == 1u) {
    sum = max(sum, real(0));
  } else if (ACTIVATION == 2u) {
    sum = clamp(sum, real(0), real(6));
  } else if (ACTIVATION == 3u && sum < real(0)) {
    sum *= weights[SLOPES + channel];
  }
  arena[item + OUTPUT + pixel * channels + channel] = sum;
}
