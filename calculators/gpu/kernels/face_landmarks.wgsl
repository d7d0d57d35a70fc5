// Landmarks of crops as landmarks of the frame, and the regions of the next frame: project_landmarks of
// geometry/projection.py and landmarks_to_rects of geometry/regions_of_interest.py. A workgroup for each face.

override landmarks: u32;
override frame_width: f32;       // pixels
override frame_height: f32;
override crop_side: f32;         // pixels
override min_presence: f32 = 0.5;
override right_eye: u32;         // the landmarks whose connection is horizontal in the next crop
override left_eye: u32;
override scale: f32 = 1.5;       // side of the next region over the longer side of the landmarks' box

@group(0) @binding(0) var<storage, read> points: array<f32>;     // (F, landmarks, 3) in pixels of the crop
@group(0) @binding(1) var<storage, read> logits: array<f32>;     // (F) of the presence
@group(0) @binding(2) var<storage, read> regions: array<f32>;    // (F, 8), see face_rows.py
@group(0) @binding(3) var<storage, read_write> placed: array<f32>;   // (F, landmarks, 3), fractions of the frame
@group(0) @binding(4) var<storage, read_write> faces: array<f32>;    // (F, 8): the regions that hold a face
@group(0) @binding(5) var<storage, read_write> next: array<f32>;     // (F, 8): where the next frame looks

const INVOCATIONS = 64u;

var<workgroup> lows: array<vec2f, INVOCATIONS>;
var<workgroup> highs: array<vec2f, INVOCATIONS>;

fn in_frame(point: vec2f, row: u32) -> vec2f {
    let away = (point / crop_side - 0.5) * vec2f(regions[row + 2u], regions[row + 3u]);
    let cosine = cos(regions[row + 4u]);
    let sine = sin(regions[row + 4u]);
    let turned = vec2f(away.x * cosine - away.y * sine, away.x * sine + away.y * cosine);
    return vec2f(regions[row], regions[row + 1u]) + turned;
}

fn point_of(face: u32, landmark: u32) -> vec2f {
    let place = 3u * (face * landmarks + landmark);
    return vec2f(points[place], points[place + 1u]);
}

@compute @workgroup_size(INVOCATIONS)
fn main(@builtin(local_invocation_index) own: u32, @builtin(workgroup_id) group: vec3u) {
    let face = group.x;
    let row = 8u * face;
    let frame = vec2f(frame_width, frame_height);
    var low = vec2f(1e30);
    var high = vec2f(-1e30);
    for (var landmark = own; landmark < landmarks; landmark += INVOCATIONS) {
        let at = in_frame(point_of(face, landmark), row);
        low = min(low, at);
        high = max(high, at);
        let place = 3u * (face * landmarks + landmark);
        placed[place] = at.x / frame.x;
        placed[place + 1u] = at.y / frame.y;
        placed[place + 2u] = points[place + 2u] / crop_side * regions[row + 2u] / frame.x;
    }
    lows[own] = low;
    highs[own] = high;
    workgroupBarrier();
    if (own != 0u) {
        return;
    }
    for (var other = 1u; other < INVOCATIONS; other++) {
        low = min(low, lows[other]);
        high = max(high, highs[other]);
    }
    let presence = 0.5 * tanh(clamp(0.5 * logits[face], -40.0, 40.0)) + 0.5;
    let holds = regions[row + 5u] > 0.0 && presence > min_presence;
    let size = high - low;
    let side = scale * max(size.x, size.y);
    let eyes = in_frame(point_of(face, left_eye), row) - in_frame(point_of(face, right_eye), row);
    let middle = 0.5 * (low + high);
    var following = array<f32, 5>(middle.x, middle.y, side, side, atan2(eyes.y, eyes.x));
    for (var column = 0u; column < 8u; column++) {
        faces[row + column] = select(0.0, regions[row + column], holds);
        next[row + column] = faces[row + column];
    }
    if (holds) {
        faces[row + 5u] = presence;
        faces[row + 7u] = 0.5 * (size.x + size.y);
        for (var column = 0u; column < 5u; column++) {
            next[row + column] = following[column];
        }
        next[row + 5u] = presence;
    }
}
