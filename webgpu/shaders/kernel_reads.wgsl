// How invocations read kernels: each reads by itself.

override IS_SHARED: bool = false; // whether four neighbors want the same; here it makes no difference

// Four vectors, `step` apart: the weights of four input channels for four output channels.
fn kernel_block(place: u32, step: u32, lane: u32) -> real4x4 {
  return real4x4(weights[place], weights[place + step], weights[place + 2u * step], weights[place + 3u * step]);
}

// Three vectors: a row of a depthwise kernel.
fn kernel_row(place: u32, step: u32, lane: u32) -> array<real4, 3> {
  return array<real4, 3>(weights[place], weights[place + step], weights[place + 2u * step]);
}
