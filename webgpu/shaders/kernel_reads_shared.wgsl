// What differs between adapters: how invocations read kernels, and which loops a driver unrolls. Here four neighbors
// that want the same vectors read one each and hand it on.
//
// A software adapter runs the four in the lanes of a vector register, and looks up each lane's element by
// itself, so that reads cost a fourth. All four have to come here together.

override IS_SHARED: bool = false; // whether four neighbors want the same

// Four vectors, `step` apart: the weights of four input channels for four output channels.
fn kernel_block(place: u32, step: u32, lane: u32) -> real4x4 {
  if (IS_SHARED) {
    let own = weights[place + lane * step];
    return real4x4(quadBroadcast(own, 0u), quadBroadcast(own, 1u), quadBroadcast(own, 2u), quadBroadcast(own, 3u));
  }
  return real4x4(weights[place], weights[place + step], weights[place + 2u * step], weights[place + 3u * step]);
}

// Three vectors: a row of a depthwise kernel.
fn kernel_row(place: u32, step: u32, lane: u32) -> array<real4, 3> {
  if (IS_SHARED) {
    let own = weights[place + min(lane, 2u) * step];
    return array<real4, 3>(quadBroadcast(own, 0u), quadBroadcast(own, 1u), quadBroadcast(own, 2u));
  }
  return array<real4, 3>(weights[place], weights[place + step], weights[place + 2u * step]);
}

// The number of turns of a loop, in a form that does not show that it is a constant. A software adapter would unroll
// the loop, and takes 3 ms to compile each read. (It sees through bits of a parameter that cannot be set.)
fn turns(count: u32) -> u32 {
  return count + layer.nothing;
}
