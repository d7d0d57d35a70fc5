// The coverage of the lips of faces whose landmarks are on the GPU: lip_mask.py and mouth_edge.py of drawing/makeup.
// Each entry is a step; z of a workgroup is the slot of the face.

override landmarks: u32;
override lab_table: u32;       // its place among the tables

@group(0) @binding(0) var picture: texture_2d<f32>;
@group(0) @binding(1) var<storage, read> points: array<f32>;       // (F, landmarks, 3), fractions of the frame
@group(0) @binding(2) var<storage, read> faces: array<f32>;        // (F, 8), see face_rows.py
@group(0) @binding(3) var<storage, read> tables: array<f32>;       // spline (41, 11), contours (4, 11), skin, CIELAB
@group(0) @binding(4) var<storage, read_write> state: array<f32>;  // (F, STATE)
// (F, 4, pixels of a plane): the whole mouth, then the coverage; its opening; both while they are blurred
@group(0) @binding(5) var<storage, read_write> planes: array<f32>;

const EDGE = 21u;              // every second point of a contour
const OUTLINE = 32u;           // of the state: the corners of the four contours

var<workgroup> curve: array<vec2f, 164>;
var<workgroup> lip_colors: array<vec3f, 42>;
var<workgroup> opening_colors: array<vec3f, 42>;
var<workgroup> back: array<f32, 42>;

// The picture's size. Every entry has all bindings, as the recorder wants it.
fn frame() -> vec2f {
    let numbers = arrayLength(&points) + arrayLength(&faces) + arrayLength(&tables);
    let written = arrayLength(&state) + arrayLength(&planes);
    return vec2f(textureDimensions(picture)) + f32(min(numbers + written, 0u));
}

fn middle_of(one: vec3f, two: vec3f, three: vec3f) -> vec3f {
    return max(min(one, two), min(max(one, two), three));
}

// ---- the outline of the lips, a workgroup ---------------------------------------------------------------------------

const WEIGHTS = vec3f(0.6, 1.0, 1.0);

fn difference(color: vec3f, lip: vec3f) -> f32 {
    let away = color - lip;
    return length(vec3f(select(away.x, 0.6 * away.x, away.x > 0.0), away.yz));
}

// The mean of a row's neighbors, of 21 in each of two rows; the row's ends count again beyond them.
fn before(number: u32) -> u32 {
    return select(number - 1u, number, number % EDGE == 0u);
}

fn after(number: u32) -> u32 {
    return select(number + 1u, number, number % EDGE == EDGE - 1u);
}

@compute @workgroup_size(INVOCATIONS)
fn outline(@builtin(local_invocation_index) own: u32, @builtin(workgroup_id) workgroup: vec3u) {
    let face = workgroup.z;
    let size = frame();
    if (own < 4u * CURVE) {
        var at = vec2f(0.0);
        for (var each = 0u; each < 11u; each++) {
            let number = u32(tables[CURVE * 11u + 11u * (own / CURVE) + each]);
            at += tables[11u * (own % CURVE) + each] * point(face, number);
        }
        curve[own] = at;
    }
    workgroupBarrier();
    let corners = curve[CURVE - 1u] - curve[0];
    let width = length(corners);
    let margin = 2.0 + 3.0 * 0.016 * width;
    var low = vec2f(1e30);
    var high = vec2f(-1e30);
    var widest = 0.0;
    for (var number = 0u; number < CURVE; number++) {
        low = min(low, min(curve[number], curve[CURVE + number]));
        high = max(high, max(curve[number], curve[CURVE + number]));
        if (number % 2u == 0u) {
            widest = max(widest, distance(curve[2u * CURVE + number], curve[3u * CURVE + number]));
        }
    }
    low = clamp(floor(low - margin), vec2f(0.0), size);
    high = clamp(ceil(high + margin), vec2f(0.0), size);
    let span = max(high - low, vec2f(0.0));
    let scale = select(2.0, 4.0, span.x <= 128.0);
    // mouth_edges
    let lip = own / EDGE;
    let at = 2u * (own % EDGE);
    var reach = 0.0;
    var gap = 0.0;
    var seen = array<vec3f, 8>();
    if (own < 2u * EDGE) {
        let outer = curve[lip * CURVE + at];
        let inner = curve[(2u + lip) * CURVE + at];
        let across = inner - outer;
        let other = curve[(3u - lip) * CURVE + at] - inner;
        gap = length(other);
        reach = min(0.05 * width, 0.4 * length(across));
        let direction = across / max(length(across), 1e-3);
        lip_colors[own] = WEIGHTS * middle_of(
            lab_at(outer + 0.35 * across), lab_at(outer + 0.5 * across), lab_at(outer + 0.65 * across));
        opening_colors[own] = WEIGHTS * middle_of(
            lab_at(inner + 0.2 * other), lab_at(inner + 0.35 * other), lab_at(inner + 0.5 * other));
        for (var step = 0u; step < 8u; step++) {
            seen[step] = WEIGHTS * lab_at(inner + direction * reach * ((f32(step) + 0.5) / 8.0 - 1.0));
        }
    }
    workgroupBarrier();
    var moved = 0.0;
    if (own < 2u * EDGE && widest >= 0.03 * width) {
        let own_lip = (lip_colors[before(own)] + lip_colors[own] + lip_colors[after(own)]) / 3.0;
        let opening = (opening_colors[before(own)] + opening_colors[own] + opening_colors[after(own)]) / 3.0;
        let contrast = difference(opening, own_lip);
        var lost = 0.0;
        var sum = 0.0;
        for (var step = 0u; step < 8u; step++) {
            let unlike = difference(seen[step], own_lip) / max(contrast, 1e-3);
            lost = max(lost, clamp((unlike - 0.2) / 0.4, 0.0, 1.0));
            sum += lost;
        }
        let rim = min(0.012 * width + 0.7, 0.12 * gap);
        let clear = clamp((contrast - 8.0) / 8.0, 0.0, 1.0) * clamp((gap / width - 0.03) / 0.03, 0.0, 1.0);
        moved = max(clear * reach * sum / 8.0, rim);
    }
    if (own < 2u * EDGE) {
        back[own] = moved;
    }
    workgroupBarrier();
    if (own < 4u * CURVE) {
        var at_last = curve[own];
        if (own >= 2u * CURVE) {
            let row = own / CURVE - 2u;
            let number = own % CURVE;
            let first = row * EDGE + number / 2u;
            var far = (back[before(first)] + back[first] + back[after(first)]) / 3.0;
            if (number % 2u == 1u) {
                let next = first + 1u;
                far = 0.5 * (far + (back[before(next)] + back[next] + back[after(next)]) / 3.0);
            }
            let away = curve[own - 2u * CURVE] - at_last;
            at_last += away * far / max(length(away), 1e-3);
        }
        let fixed = round(((at_last - low) * scale - 0.5) * 16.0) / 16.0;
        keep(face, OUTLINE + 2u * own, fixed.x);
        keep(face, OUTLINE + 2u * own + 1u, fixed.y);
    }
    if (own == 0u) {
        let step = max(1.0, round(width / 60.0));
        let rough = ceil(span / step);
        let fits = span.x * span.y <= f32(capacity()) && rough.x * rough.y <= f32(COARSE_AREA);
        let is_there = faces[8u * face + 5u] > 0.0 && width >= 1.0 && width < 1e6 && span.x * span.y > 0.0 && fits;
        keep(face, 0u, select(0.0, 1.0, is_there));
        keep(face, 1u, low.x);
        keep(face, 2u, low.y);
        keep(face, 3u, select(0.0, span.x, is_there));
        keep(face, 4u, select(0.0, span.y, is_there));
        keep(face, 5u, width);
        keep(face, 6u, scale);
        keep(face, 7u, select(1.0, step, is_there));
    }
}

// ---- the coverage, a pixel each ----------------------------------------------------------------------------------

fn corner(face: u32, number: u32) -> vec2f {
    return vec2f(kept(face, OUTLINE + 2u * number), kept(face, OUTLINE + 2u * number + 1u));
}

// The corners of a shape between two contours: along the first one, back along the second.
fn shape_corner(face: u32, one: u32, other: u32, number: u32) -> vec2f {
    return corner(face, select(other * CURVE + 2u * CURVE - 1u - number, one * CURVE + number, number < CURVE));
}

// OpenCV's fillPoly: rows between sides whose ends are moved to whole rows, and the sides themselves.
fn is_in(face: u32, one: u32, other: u32, at: vec2f) -> bool {
    var crossings = 0u;
    var last = shape_corner(face, one, other, 2u * CURVE - 1u);
    for (var number = 0u; number < 2u * CURVE; number++) {
        let next = shape_corner(face, one, other, number);
        let y0 = floor(last.y + 0.5);
        let y1 = floor(next.y + 0.5);
        if (y0 != y1 && at.y >= min(y0, y1) && at.y < max(y0, y1)) {
            let x = last.x + (next.x - last.x) * (at.y - y0) / (y1 - y0);
            crossings += select(0u, 1u, x <= at.x);
        }
        let is_near = all(abs(at - 0.5 * (last + next)) <= 0.5 * abs(next - last) + 1.5);
        if (is_near && is_on_side(at, floor(last + 0.5), floor(next + 0.5))) {
            return true;
        }
        last = next;
    }
    return crossings % 2u == 1u;
}

@compute @workgroup_size(8, 8)
fn fill(@builtin(global_invocation_id) place: vec3u) {
    let face = place.z;
    if (frame().x == 0.0 || is_outside(face, place.xy)) {
        return;
    }
    let scale = u32(kept(face, 6u));
    var whole = 0.0;
    var opening = 0.0;
    for (var part = 0u; part < scale * scale; part++) {
        let at = vec2f(scale * place.xy + vec2u(part % scale, part / scale));
        if (is_in(face, 0u, 1u, at)) {
            whole += 1.0;
            if (!is_in(face, 0u, 2u, at) && !is_in(face, 1u, 3u, at)) {
                opening += 1.0;
            }
        }
    }
    planes[plane(face, 0u, place.x, place.y)] = round(255.0 * whole / f32(scale * scale));
    planes[plane(face, 1u, place.x, place.y)] = round(255.0 * opening / f32(scale * scale));
}

@compute @workgroup_size(8, 8)
fn blur_across(@builtin(global_invocation_id) place: vec3u) {
    let face = place.z;
    if (frame().x == 0.0 || is_outside(face, place.xy)) {
        return;
    }
    let outer = max(0.016 * kept(face, 5u), 0.4);
    let inner = max(0.006 * kept(face, 5u), 0.4);
    planes[plane(face, 2u, place.x, place.y)] = blurred(face, 0u, place.xy, vec2i(1, 0), outer, 6.0);
    planes[plane(face, 3u, place.x, place.y)] = blurred(face, 1u, place.xy, vec2i(1, 0), inner, 6.0);
}

@compute @workgroup_size(8, 8)
fn blur_down(@builtin(global_invocation_id) place: vec3u) {
    let face = place.z;
    if (frame().x == 0.0 || is_outside(face, place.xy)) {
        return;
    }
    let outer = max(0.016 * kept(face, 5u), 0.4);
    let inner = max(0.006 * kept(face, 5u), 0.4);
    let soft = round(blurred(face, 2u, place.xy, vec2i(0, 1), outer, 6.0));
    let opening = planes[plane(face, 1u, place.x, place.y)];
    let hole = max(round(blurred(face, 3u, place.xy, vec2i(0, 1), inner, 6.0)), opening);
    planes[plane(face, 0u, place.x, place.y)] = clamp((soft - 70.0) / 130.0, 0.0, 1.0) * (1.0 - hole / 255.0);
}

