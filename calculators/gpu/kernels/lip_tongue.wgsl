// Tongues over the lower lip, after lip_hidden.wgsl: tongue.py of drawing/makeup. z of a workgroup
// is the slot of the face. Planes of every step-th pixel that are needed no more keep colors along ways across the lip: 4
// the colors, 1 to 3 their means over neighbors.

const STEPS = 36u;             // from the opening over the lip to the skin
const MIDDLE = 10u;            // so many points at both ends of a contour do not count
const QUADS = 40u;

var<workgroup> values: array<f32, CURVE>;
var<workgroup> chosen: f32;
var<workgroup> borders: array<vec2f, CURVE>;
var<workgroup> quads: array<array<vec2f, 4>, QUADS>;
var<workgroup> covered: array<f32, CURVE>;
var<workgroup> spacing: f32;

// The upper median of `values` without the ends of the contour.
fn median(own: u32) -> f32 {
    workgroupBarrier();
    if (own >= MIDDLE && own < CURVE - MIDDLE) {
        var less = 0u;
        for (var other = MIDDLE; other < CURVE - MIDDLE; other++) {
            less += select(0u, 1u, values[other] < values[own] || (values[other] == values[own] && other < own));
        }
        if (less == (CURVE - 2u * MIDDLE) / 2u) {
            chosen = values[own];
        }
    }
    workgroupBarrier();
    let result = chosen;
    workgroupBarrier();
    return result;
}

fn weighted_lab(place: vec2f) -> vec3f {
    return vec3f(0.6, 1.0, 1.0) * lab_at(place);
}

// The color of a lip at a point of its contours.
fn across(inner: vec2f, outer: vec2f) -> vec3f {
    let one = weighted_lab(mix(inner, outer, 0.25));
    let other = weighted_lab(mix(inner, outer, 0.75));
    let middle = weighted_lab(mix(inner, outer, 0.5));
    return max(min(one, middle), min(max(one, middle), other));
}

// How far a step lies from the inner contour of the lower lip, in pixels.
fn way_of(step: u32, height: f32, width: f32) -> f32 {
    let first = -0.12 * width;
    return first + (height + 0.1 * width - first) * f32(step) / f32(STEPS - 1u);
}

// The color at a step, with those of its neighbors along the lip.
fn color_at(face: u32, step: u32, number: u32) -> vec3f {
    let place = step * CURVE + number;
    return vec3f(coarse_at(face, 1u, place), coarse_at(face, 2u, place), coarse_at(face, 3u, place));
}

fn neighbor(number: u32, tap: u32) -> u32 {
    return u32(clamp(i32(number + tap) - 2, 0, i32(CURVE) - 1));
}

@compute @workgroup_size(INVOCATIONS)
fn tongue(@builtin(local_invocation_index) own: u32, @builtin(workgroup_id) workgroup: vec3u) {
    let face = workgroup.z;
    let width = max(kept(face, 5u), 1e-3);
    let number = min(own, CURVE - 1u);
    let upper_inner = curve_point(face, 2u, number);
    let lower_inner = curve_point(face, 3u, number);
    let lower_outer = curve_point(face, 1u, number);
    let height = distance(lower_inner, lower_outer);
    if (own < CURVE) {
        values[own] = distance(upper_inner, lower_inner) / width;
    }
    let gap = median(own);
    let is_open = gap >= 0.3 && kept(face, 0u) > 0.0 && frame().x > 0.0;  // a tongue needs room
    let places = select(0u, STEPS * CURVE, is_open);
    for (var place = own; place < places; place += INVOCATIONS) {
        let at = place % CURVE;
        let inner = curve_point(face, 3u, at);
        let aside = curve_point(face, 1u, at) - inner;
        let far = way_of(place / CURVE, length(aside), width);
        let color = weighted_lab(inner + far * aside / max(length(aside), 1e-3));
        for (var channel = 0u; channel < 3u; channel++) {
            state[coarse(face, 4u, channel * STEPS * CURVE + place)] = color[channel];
        }
    }
    storageBarrier();
    for (var place = own; place < places; place += INVOCATIONS) {
        for (var channel = 0u; channel < 3u; channel++) {
            var sum = 0.0;
            for (var tap = 0u; tap < 5u; tap++) {
                let beside = place / CURVE * CURVE + neighbor(place % CURVE, tap);
                sum += coarse_at(face, 4u, channel * STEPS * CURVE + beside);
            }
            state[coarse(face, 1u + channel, place)] = sum / 5.0;
        }
    }
    storageBarrier();
    if (own < CURVE) {
        values[own] = (height + 0.22 * width) / f32(STEPS - 1u);
    }
    workgroupBarrier();
    if (own == 0u) {
        var sum = 0.0;
        for (var each = 0u; each < CURVE; each++) {
            sum += values[each];
        }
        spacing = sum / f32(CURVE);
    }
    workgroupBarrier();
    // The sharpest change of color near the inner contour of the lip, and near the outer one.
    let step = u32(clamp(round(max(0.025 * width, 1.2) / spacing), 1.0, f32(STEPS)));
    if (own < CURVE) {
        var sharpest = vec2f(0.0);
        for (var first = 0u; is_open && first + step < STEPS; first++) {
            let change = distance(color_at(face, first + step, number), color_at(face, first, number));
            let way = 0.5 * (way_of(first, height, width) + way_of(first + step, height, width));
            if (way > -0.06 * width && way < 0.35 * height) {
                sharpest.x = max(sharpest.x, change);
            }
            if (way > 0.65 * height && way < height + 0.06 * width) {
                sharpest.y = max(sharpest.y, change);
            }
        }
        borders[own] = sharpest;
    }
    workgroupBarrier();
    var sharp = vec2f(0.0);
    for (var tap = 0u; tap < 5u; tap++) {
        sharp += borders[neighbor(number, tap)] / 5.0;
    }
    if (own < CURVE) {
        let upper = across(upper_inner, curve_point(face, 0u, number));
        values[own] = distance(across(lower_inner, lower_outer), upper);
    }
    let difference = median(own);
    if (own < CURVE) {
        values[own] = sharp.x + sharp.y;
    }
    let both = median(own);
    if (own < CURVE) {
        values[own] = sharp.x;
    }
    let goes_on = median(own) <= 5.8 && difference >= 11.0;
    let is_tongue = is_open && (both <= min(11.5, 0.52 * difference) || goes_on);
    var share = (sharp.x + sharp.y) / max(difference, 1e-6);
    if (goes_on) {
        share = min(share, sharp.x / max(0.52 * difference, 1e-6));
    }
    if (own < CURVE) {
        covered[own] = falling(share, 1.1, 0.8);
    }
    if (own < QUADS) {
        let first = vec2f(kept(face, 1u), kept(face, 2u)) + 0.5;
        for (var end = 0u; end < 2u; end++) {
            let inner = curve_point(face, 3u, own + end);
            let aside = curve_point(face, 1u, own + end) - inner;
            quads[own][end] = round(inner - 0.3 * aside - first);
            quads[own][3u - end] = round(inner + 1.3 * aside - first);
        }
    }
    if (own == 0u) {
        keep(face, 13u, select(0.0, 1.0, is_tongue));
    }
    workgroupBarrier();
    let columns = u32(kept(face, 3u));
    let count = select(0u, columns * u32(kept(face, 4u)), is_tongue);
    for (var place = own; place < count; place += INVOCATIONS) {
        let at = vec2u(place % columns, place / columns);
        var most = 0.0;
        for (var quad = QUADS; quad > 0u; quad--) {  // the last one lies over the others
            if (is_in_quad(quads[quad - 1u], vec2f(at))) {
                most = 0.5 * (covered[quad - 1u] + covered[quad]);
                break;
            }
        }
        planes[plane(face, 3u, at.x, at.y)] = most;
    }
    storageBarrier();
    let soft = max(0.02 * width, 0.5);
    for (var place = own; place < count; place += INVOCATIONS) {
        let at = vec2u(place % columns, place / columns);
        planes[plane(face, 2u, at.x, at.y)] = blurred(face, 3u, at, vec2i(1, 0), soft, 8.0);
    }
    storageBarrier();
    for (var place = own; place < count; place += INVOCATIONS) {
        let at = vec2u(place % columns, place / columns);
        let hidden = select(0.0, planes[plane(face, 1u, at.x, at.y)], kept(face, 12u) > 0.0);
        let tongue_there = blurred(face, 2u, at, vec2i(0, 1), soft, 8.0);
        planes[plane(face, 1u, at.x, at.y)] = 1.0 - (1.0 - hidden) * (1.0 - tongue_there);
    }
}
