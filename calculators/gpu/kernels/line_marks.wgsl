// Marks of lines between points of faces: `MarkList.lines` with points that are on the GPU. A workgroup for each group
// of lines and each face.

override landmarks: u32;
override stride: u32;        // points of a face, see face_points.wgsl

struct Group {
    first_mark: u32,         // of the first face
    next_mark: u32,          // from face to face
    first_shape: u32,
    next_shape: u32,
    first: u32,              // of its lines
    count: u32,
    color: u32,
    width: f32,              // pixels on a face of REFERENCE pixels
    opacity: f32,
    unused_1: u32,
    unused_2: u32,
    unused_3: u32,
}

@group(0) @binding(0) var<storage, read> points: array<vec4f>;
@group(0) @binding(1) var<storage, read> groups: array<Group>;
// Six points of each line: its start, those before and after it, and the same of its end.
@group(0) @binding(2) var<storage, read> lines: array<u32>;
@group(0) @binding(3) var<storage, read_write> marks: array<Mark>;
@group(0) @binding(4) var<storage, read_write> shapes: array<vec4f>;

const INVOCATIONS = 64u;
const REFERENCE = 256.0;     // drawing/layers/line_width.py
const POWER = 0.65;
// drawing/layers/canvas.py
const HAIR = 1.3;
const GAP = 0.55;
const WIDE = 3.2;
const SOFT = 1.4;
const WIDEST = 4096.0;
const DIRECT = 0.6;

var<workgroup> lows: array<vec2f, INVOCATIONS>;
var<workgroup> highs: array<vec2f, INVOCATIONS>;

fn point(face: u32, number: u32) -> vec2f {
    return points[face * stride + number].xy;
}

// A point of a line, moved across it, in sixteenths of a pixel from the center of the first one.
fn moved(face: u32, place: u32, offset: f32) -> vec2f {
    let along = point(face, lines[place + 2u]) - point(face, lines[place + 1u]);
    let across = vec2f(-along.y, along.x) / max(length(along), 1e-6);
    let at = point(face, lines[place]) + offset * across;
    return round(clamp(16.0 * at - 8.0, vec2f(-16777216.0), vec2f(16777216.0))) / 16.0;
}

@compute @workgroup_size(INVOCATIONS)
fn main(@builtin(local_invocation_index) own: u32, @builtin(workgroup_id) workgroup: vec3u) {
    let group = groups[workgroup.x];
    let face = workgroup.y;
    let head = points[face * stride + landmarks];
    // pen_of and share_of_line
    let width = min(group.width * pow(head.x / REFERENCE, POWER), WIDEST);
    var passes = 1u;
    var aside = 0.0;
    var radius = 0.0;
    var pen = HAIR;
    if (width > HAIR && width < WIDE) {
        aside = 0.5 * (width - HAIR);
        passes = select(3u, 2u, aside <= GAP);
        pen = width;
    } else if (width >= WIDE) {
        radius = max(1.0, round(0.5 * (width - SOFT)));
        pen = 2.0 * radius + SOFT;
    }
    let coverage = min(1.0, width / pen);
    let share = select(coverage * group.opacity, 1.0, group.opacity == 1.0 && coverage >= DIRECT);
    let first_shape = group.first_shape + face * group.next_shape;
    var low = vec2f(1e30);
    var high = vec2f(-1e30);
    for (var number = own; number < group.count; number += INVOCATIONS) {
        let line = 6u * (group.first + number);
        for (var each = 0u; each < passes; each++) {
            // -aside and aside, or -aside, 0 and aside
            let offset = select(0.0, aside * (2.0 * f32(each) / f32(passes - 1u) - 1.0), passes > 1u);
            let start = moved(face, line, offset);
            let end = moved(face, line + 3u, offset);
            shapes[first_shape + each * group.count + number] = vec4f(start, end);
            low = min(low, min(start, end));
            high = max(high, max(start, end));
        }
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
    let reach = radius + 2.0;
    let kind = select(0u, 1u, head.y > 0.0);
    let box = vec4f(low - reach, high + reach);
    let mark = Mark(box, kind, first_shape, passes * group.count, group.color, share, radius, 0.0, 0.0);
    marks[group.first_mark + face * group.next_mark] = mark;
}
