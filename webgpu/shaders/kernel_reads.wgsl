// What differs between adapters: how invocations read kernels, here each by itself, and which loops a driver unrolls.

override IS_SHARED: bool = false; // whether four neighbors want the same; here it makes no difference

// Four vectors, `step` apart: the weights of four input channels for four output channels.
fn kernel_block(place: u32, step: u32, lane: u32) -> real4x4 {
  return real4x4(weights[place], weights[place + step], weights[place + 2u * step], weights[place + 3u * step]);
}

// Three vectors: a row of a depthwise kernel.
fn kernel_row(place: u32, step: u32, lane: u32) -> array<real4, 3> {
  return array<real4, 3>(weights[place], weights[place + step], weights[place + 2u * step]);
}

// The number of turns of a loop.
fn turns(count: u32) -> u32 {
  return count;
}
