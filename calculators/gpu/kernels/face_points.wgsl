// The points of faces that layers draw, in pixels, and the sizes of the faces. A workgroup for each face.
//
// A face has `stride` points: its landmarks x, y, z; (size, 1 if the face is there, its nearest z, its farthest z); the
// four corners of its box; the six points of its region (RoiLayer); two rings of 33 points, the irises (IrisesLayer).

override landmarks: u32;
override of_size: u32;       // landmarks without irises
override stride: u32;
override margin: f32;        // of the box, relative to the size (BoxesLayer)
override marks_count: u32;
override left_iris: u32;     // the first of its five landmarks
override right_iris: u32;

const BY_DEVIATION = 3.37;   // face_sizes of drawing/layers/line_width.py
const UP = 0.5;              // of RoiLayer

@group(0) @binding(0) var<storage, read> placed: array<f32>;          // (F, landmarks, 3), fractions of the frame
@group(0) @binding(1) var<storage, read> faces: array<f32>;           // (F, 8), see face_rows.py
@group(0) @binding(2) var picture: texture_2d<f32>;                   // the frame, whose size counts
@group(0) @binding(3) var<storage, read_write> points: array<vec4f>;  // (F, stride)
@group(0) @binding(4) var<storage, read_write> marks: array<u32>;     // whose number is written into the first

const INVOCATIONS = 64u;

var<workgroup> sums: array<vec3f, INVOCATIONS>;   // x, y; then the squares of distances in x
var<workgroup> lows: array<vec3f, INVOCATIONS>;
var<workgroup> highs: array<vec3f, INVOCATIONS>;

fn landmark(face: u32, number: u32) -> vec3f {
    let place = 3u * (face * landmarks + number);
    let size = vec2f(textureDimensions(picture));
    return vec3f(placed[place] * size.x, placed[place + 1u] * size.y, placed[place + 2u] * size.x);
}

@compute @workgroup_size(INVOCATIONS)
fn main(@builtin(local_invocation_index) own: u32, @builtin(workgroup_id) group: vec3u) {
    let face = group.x;
    let start = face * stride;
    var sum = vec3f(0.0);
    var low = vec3f(1e30);
    var high = vec3f(-1e30);
    for (var number = own; number < landmarks; number += INVOCATIONS) {
        let point = landmark(face, number);
        points[start + number] = vec4f(point, 0.0);
        low = vec3f(min(low.xy, point.xy), low.z);
        high = vec3f(max(high.xy, point.xy), high.z);
        if (number < of_size) {
            sum += vec3f(point.xy, 0.0);
            low.z = min(low.z, point.z);
            high.z = max(high.z, point.z);
        }
    }
    sums[own] = sum;
    lows[own] = low;
    highs[own] = high;
    workgroupBarrier();
    var total = vec3f(0.0);
    for (var other = 0u; other < INVOCATIONS; other++) {
        total += sums[other];
        low = min(low, lows[other]);
        high = max(high, highs[other]);
    }
    let middle = total.xy / f32(of_size);
    workgroupBarrier();
    sum = vec3f(0.0);
    for (var number = own; number < of_size; number += INVOCATIONS) {
        let away = landmark(face, number).xy - middle;
        sum.x += dot(away, away);
    }
    sums[own] = sum;
    workgroupBarrier();
    if (own != 0u) {
        return;
    }
    var squares = 0.0;
    for (var other = 0u; other < INVOCATIONS; other++) {
        squares += sums[other].x;
    }
    let size = BY_DEVIATION * sqrt(squares / f32(of_size));
    let is_finite = all(abs(low) < vec3f(1e9)) && all(abs(high) < vec3f(1e9)) && size < 1e9;
    let is_there = faces[8u * face + 5u] > 0.0 && is_finite;
    let extra = start + landmarks;
    points[extra] = vec4f(size, select(0.0, 1.0, is_there), low.z, high.z);
    low -= margin * size;
    high += margin * size;
    points[extra + 1u] = vec4f(low.xy, 0.0, 0.0);
    points[extra + 2u] = vec4f(high.x, low.y, 0.0, 0.0);
    points[extra + 3u] = vec4f(high.xy, 0.0, 0.0);
    points[extra + 4u] = vec4f(low.x, high.y, 0.0, 0.0);
    let center = vec2f(faces[8u * face], faces[8u * face + 1u]);
    let half_size = 0.5 * vec2f(faces[8u * face + 2u], faces[8u * face + 3u]);
    let turn = faces[8u * face + 4u];
    let right = half_size.x * vec2f(cos(turn), sin(turn));
    let down = half_size.y * vec2f(-sin(turn), cos(turn));
    points[extra + 5u] = vec4f(center - right - down, 0.0, 0.0);
    points[extra + 6u] = vec4f(center + right - down, 0.0, 0.0);
    points[extra + 7u] = vec4f(center + right + down, 0.0, 0.0);
    points[extra + 8u] = vec4f(center - right + down, 0.0, 0.0);
    points[extra + 9u] = vec4f(center - down, 0.0, 0.0);
    points[extra + 10u] = vec4f(center - (1.0 - 0.5 * UP) * down, 0.0, 0.0);
    if (landmarks > right_iris + 4u && landmarks > left_iris + 4u) {
        for (var iris = 0u; iris < 2u; iris++) {
            let first = select(left_iris, right_iris, iris == 1u) + 1u;
            let one = landmark(face, first).xy;
            let two = landmark(face, first + 1u).xy;
            let three = landmark(face, first + 2u).xy;
            let four = landmark(face, first + 3u).xy;
            let ring = extra + 11u + 33u * iris;
            for (var corner = 0u; corner < 33u; corner++) {
                let angle = 0.19634954 * f32(corner);
                let away = 0.5 * (cos(angle) * (one - three) + sin(angle) * (two - four));
                points[ring + corner] = vec4f(0.25 * (one + two + three + four) + away, 0.0, 0.0);
            }
        }
    }
    if (face == 0u) {
        marks[6] = marks_count;   // the count of the first mark, see mark_list.py
    }
}
