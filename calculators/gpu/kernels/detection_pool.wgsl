// The detections of two detectors: those of the first, then those of the second at other places.

override firsts: u32;
override seconds: u32;
override max_overlap: f32;   // intersection over union above which two regions are one face

@group(0) @binding(0) var<storage, read> first: array<f32>;    // (firsts, 8), see face_rows.py
@group(0) @binding(1) var<storage, read> second: array<f32>;   // (seconds, 8)
@group(0) @binding(2) var<storage, read_write> pool: array<f32>;   // (firsts + seconds, 8)

fn overlap(row: u32, other_row: u32) -> f32 {
    let one = vec4f(first[8u * row], first[8u * row + 1u], first[8u * row + 2u], first[8u * row + 3u]);
    let at = 8u * other_row;
    let other = vec4f(second[at], second[at + 1u], second[at + 2u], second[at + 3u]);
    let apart = abs(one.xy - other.xy);
    let sides = max(min(0.5 * (one.zw + other.zw) - apart, min(one.zw, other.zw)), vec2f(0.0));
    let both = sides.x * sides.y;
    return select(0.0, both / (one.z * one.w + other.z * other.w - both), both > 0.0);
}

@compute @workgroup_size(1)
fn main() {
    for (var number = 0u; number < 8u * firsts; number++) {
        pool[number] = first[number];
    }
    for (var row = 0u; row < seconds; row++) {
        var is_new = second[8u * row + 5u] > 0.0;
        for (var known = 0u; known < firsts; known++) {
            if (first[8u * known + 5u] > 0.0 && overlap(known, row) > max_overlap) {
                is_new = false;
            }
        }
        for (var column = 0u; column < 8u; column++) {
            pool[8u * (firsts + row) + column] = select(0.0, second[8u * row + column], is_new);
        }
    }
}
