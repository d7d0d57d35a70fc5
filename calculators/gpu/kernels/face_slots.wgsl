// The regions of a frame: those that are tracked, each in its slot, and detected ones in the slots that are free.
// A detected region that overlaps another one's place is the same face (rect_overlap of
// geometry/rect_association.py).

override slots: u32;
override detections: u32;
override max_overlap: f32 = 0.5;

@group(0) @binding(0) var<storage, read> tracked: array<f32>;    // (slots, 8), see face_rows.py
@group(0) @binding(1) var<storage, read> detected: array<f32>;   // (detections, 8), best first
@group(0) @binding(2) var<storage, read_write> last_id: array<u32>;  // (1): of the last new face
@group(0) @binding(3) var<storage, read_write> regions: array<f32>;  // (slots, 8)

fn overlap(slot: u32, detection: u32) -> f32 {
    let first = 8u * slot;
    let second = 8u * detection;
    let size = vec2f(regions[first + 2u], regions[first + 3u]);
    let other = vec2f(detected[second + 2u], detected[second + 3u]);
    let apart = abs(vec2f(regions[first] - detected[second], regions[first + 1u] - detected[second + 1u]));
    let sides = max(min(0.5 * (size + other) - apart, min(size, other)), vec2f(0.0));
    let both = sides.x * sides.y;
    let area = size.x * size.y + other.x * other.y - both;
    return select(0.0, both / area, area > 0.0);
}

@compute @workgroup_size(1)
fn main() {
    for (var number = 0u; number < 8u * slots; number++) {
        regions[number] = tracked[number];
    }
    for (var detection = 0u; detection < detections; detection++) {
        if (detected[8u * detection + 5u] <= 0.0) {
            break;
        }
        var free = slots;
        var is_known = false;
        for (var slot = 0u; slot < slots; slot++) {
            if (regions[8u * slot + 5u] <= 0.0) {
                free = min(free, slot);
            } else if (overlap(slot, detection) > max_overlap) {
                is_known = true;
            }
        }
        if (is_known || free == slots) {
            continue;
        }
        for (var column = 0u; column < 8u; column++) {
            regions[8u * free + column] = detected[8u * detection + column];
        }
        last_id[0] += 1u;
        regions[8u * free + 6u] = f32(last_id[0]);
    }
}
