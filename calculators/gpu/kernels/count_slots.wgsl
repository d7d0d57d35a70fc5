// Counts slots of faces: how many there are up to the last one that is taken, and whether one is free.

override slots: u32;

@group(0) @binding(0) var<storage, read> regions: array<f32>;        // (slots, 8), see face_rows.py
@group(0) @binding(1) var<storage, read_write> used: array<u32>;     // (1): slots up to the last that is taken
@group(0) @binding(2) var<storage, read_write> missing: array<u32>;  // (1): 1 if a slot is free

@compute @workgroup_size(1)
fn main() {
    used[0] = 0u;
    missing[0] = 0u;
    for (var slot = 0u; slot < slots; slot++) {
        if (regions[8u * slot + 5u] > 0.0) {
            used[0] = slot + 1u;
        } else {
            missing[0] = 1u;
        }
    }
}
