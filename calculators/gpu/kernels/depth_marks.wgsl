// Marks of the shaded surfaces of faces: `DepthLayer` with points that are on the GPU. A workgroup for each face.

override landmarks: u32;
override stride: u32;          // points of a face, see face_points.wgsl
override triangles_count: u32;
override first_mark: u32;      // of the first face; the next one's is `next_mark` behind it
override next_mark: u32;
override first_shape: u32;
override near_r: f32;          // levels
override near_g: f32;
override near_b: f32;
override far_r: f32;
override far_g: f32;
override far_b: f32;
override opacity: f32;

@group(0) @binding(0) var<storage, read> points: array<vec4f>;
@group(0) @binding(1) var<storage, read> triangles: array<u32>;   // (T, 3)
@group(0) @binding(2) var picture: texture_2d<f32>;               // the frame, whose size counts
@group(0) @binding(3) var<storage, read_write> marks: array<Mark>;
@group(0) @binding(4) var<storage, read_write> shapes: array<vec4f>;

const INVOCATIONS = 64u;
const TRIANGLES = 3u;
const LAMP = vec3f(-0.35, -0.55, -0.76);   // drawing/layers/depth_layer.py
const DIMMEST = 0.25;
const FINE = 700.0;                        // pixels; drawing/layers/canvas.py

var<workgroup> lows: array<vec2f, INVOCATIONS>;
var<workgroup> highs: array<vec2f, INVOCATIONS>;

@compute @workgroup_size(INVOCATIONS)
fn main(@builtin(local_invocation_index) own: u32, @builtin(workgroup_id) workgroup: vec3u) {
    let face = workgroup.x;
    let start = face * stride;
    let head = points[start + landmarks];
    var low = vec2f(1e30);
    var high = vec2f(-1e30);
    for (var number = own; number < 3u * triangles_count; number += INVOCATIONS) {
        let at = points[start + triangles[number]].xy;
        low = min(low, at);
        high = max(high, at);
    }
    lows[own] = low;
    highs[own] = high;
    workgroupBarrier();
    for (var other = 0u; other < INVOCATIONS; other++) {
        low = min(low, lows[other]);
        high = max(high, highs[other]);
    }
    let size = vec2f(textureDimensions(picture));
    let span = min(size, floor(high) + 4.0) - max(vec2f(0.0), floor(low) - 3.0);
    let scale = select(1.0, 2.0, max(span.x, span.y) <= FINE);
    let first = first_shape + face * 2u * triangles_count;
    for (var number = own; number < triangles_count; number += INVOCATIONS) {
        let a = points[start + triangles[3u * number]].xyz;
        let b = points[start + triangles[3u * number + 1u]].xyz;
        let c = points[start + triangles[3u * number + 2u]].xyz;
        let across = cross(b - a, c - a);
        let normal = across / max(length(across), 1e-12);
        let depth = (a.z + b.z + c.z) / 3.0;
        let light = DIMMEST + (1.0 - DIMMEST) * clamp(dot(normal, LAMP), 0.0, 1.0);
        let far = (depth - head.z) / max(head.w - head.z, 1e-6);
        let color = mix(vec3f(near_r, near_g, near_b), vec3f(far_r, far_g, far_b), far) * light;
        let levels = vec3u(clamp(color, vec3f(0.0), vec3f(255.0)));
        let packed = levels.x | (levels.y << 8u) | (levels.z << 16u);
        // Triangles that face away are behind everything.
        let order = select(1e30, depth, normal.z < 0.0);
        let corners = round(16.0 * scale * vec4f(a.xy, b.xy) - 8.0) / 16.0;
        shapes[first + 2u * number] = corners;
        let corner = round(16.0 * scale * c.xy - 8.0) / 16.0;
        shapes[first + 2u * number + 1u] = vec4f(corner, order, f32(packed));
    }
    if (own == 0u) {
        let box = vec4f(low - 1.5, high + 0.5);
        let kind = select(0u, TRIANGLES, head.y > 0.0);
        let mark = Mark(box, kind, first, 2u * triangles_count, 0u, opacity, scale, 0.0, 0.0);
        marks[first_mark + face * next_mark] = mark;
    }
}
