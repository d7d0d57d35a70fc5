// The One-Euro filter of landmarks, each number by itself: OneEuroFilter of geometry/smoothing_filters.py.

override numbers: u32;           // of a face: three for each landmark
override frame_width: f32;       // pixels
override frame_height: f32;
override min_cutoff: f32;        // Hz
override beta: f32;
override derivate_cutoff: f32;   // Hz

const TURN = 6.283185307179586;

@group(0) @binding(0) var<storage, read> raw: array<f32>;        // (F, landmarks, 3), fractions of the frame
@group(0) @binding(1) var<storage, read> faces: array<f32>;      // (F, 8), see face_rows.py
@group(0) @binding(2) var<storage, read> interval: array<f32>;   // (1): seconds since the last frame; 0 starts again
// (F, numbers, 4): the value, the filtered one, the speed, and the track id of the last frame
@group(0) @binding(3) var<storage, read_write> state: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> filtered: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) place: vec3u) {
    if (place.x >= numbers) {
        return;
    }
    let at = place.y * numbers + place.x;
    let value = raw[at];
    let track = faces[8u * place.y + 6u];
    let old = state[at];
    let seconds = interval[0];
    var result = value;
    var speed = 0.0;
    if (seconds > 0.0 && track > 0.0 && old.w == track) {
        // In sizes of the face per second; x and z are fractions of the frame's width, y of its height.
        let to_sizes = select(frame_width, frame_height, place.x % 3u == 1u) / faces[8u * place.y + 7u];
        let weight = 1.0 / (1.0 + 1.0 / (TURN * derivate_cutoff * seconds));
        speed = mix(old.z, (value - old.x) * to_sizes / seconds, weight);
        let cutoff = min_cutoff + beta * abs(speed);
        result = mix(value, old.y, 1.0 / (1.0 + TURN * cutoff * seconds));
    }
    state[at] = vec4f(value, result, speed, track);
    filtered[at] = result;
}
