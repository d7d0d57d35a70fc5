// Whether a second detector is to look: fewer faces are tracked, or surely detected, than there are slots.

override slots: u32;
override detections: u32;
override sure_score: f32;      // from which a detection counts
override max_overlap: f32;     // intersection over union above which two regions are one face

@group(0) @binding(0) var<storage, read> tracked: array<f32>;    // (slots, 8), see face_rows.py
@group(0) @binding(1) var<storage, read> detected: array<f32>;   // (detections, 8)
@group(0) @binding(2) var<storage, read_write> looks: array<u32>;  // (1): 1 if it is to look

fn overlap(row: u32, slot: u32) -> f32 {
    let one = vec4f(detected[8u * row], detected[8u * row + 1u], detected[8u * row + 2u], detected[8u * row + 3u]);
    let other = vec4f(tracked[8u * slot], tracked[8u * slot + 1u], tracked[8u * slot + 2u], tracked[8u * slot + 3u]);
    let apart = abs(one.xy - other.xy);
    let sides = max(min(0.5 * (one.zw + other.zw) - apart, min(one.zw, other.zw)), vec2f(0.0));
    let both = sides.x * sides.y;
    return select(0.0, both / (one.z * one.w + other.z * other.w - both), both > 0.0);
}

@compute @workgroup_size(1)
fn main() {
    var known = 0u;
    for (var slot = 0u; slot < slots; slot++) {
        known += u32(tracked[8u * slot + 5u] > 0.0);
    }
    for (var row = 0u; row < detections; row++) {
        var is_new = detected[8u * row + 5u] >= sure_score;
        for (var slot = 0u; slot < slots; slot++) {
            if (tracked[8u * slot + 5u] > 0.0 && overlap(row, slot) > max_overlap) {
                is_new = false;
            }
        }
        known += u32(is_new);
    }
    looks[0] = u32(known < slots);
}
