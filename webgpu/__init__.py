"""WebGPU from Python: adapters, a device, compiled networks. Knows tensors and shaders, but no faces."""
