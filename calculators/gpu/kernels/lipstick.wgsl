// Lipstick on faces whose landmarks are on the GPU, over the coverage of lips.wgsl: occlusion.py and lipstick.py of
// drawing/makeup. Each entry is a step; z of a workgroup is the slot of the face.

var<workgroup> counted: atomic<u32>;

fn cubed(value: f32) -> f32 {
    return select((value - 16.0 / 116.0) / 7.787, value * value * value, value > 0.206893);
}

fn rgb_of(lab: vec3f) -> vec3f {
    let middle = (lab.x + 16.0) / 116.0;
    let y = select(lab.x / 903.3, middle * middle * middle, lab.x > 8.0);
    let base = select(7.787 * y + 16.0 / 116.0, middle, lab.x > 8.0);
    let xyz = vec3f(0.950456 * cubed(base + lab.y / 500.0), y, 1.088754 * cubed(base - lab.z / 200.0));
    let linear = clamp(vec3f(
        dot(xyz, vec3f(3.240479, -1.53715, -0.498535)),
        dot(xyz, vec3f(-0.969256, 1.875991, 0.041556)),
        dot(xyz, vec3f(0.055648, -0.204043, 1.057311)),
    ), vec3f(0.0), vec3f(1.0));
    return select(1.055 * pow(linear, vec3f(1.0 / 2.4)) - 0.055, 12.92 * linear, linear <= vec3f(0.0031308));
}

// ---- what of it is lip, a workgroup -----------------------------------------------------------------------------

fn coarse_cover(face: u32, place: u32) -> f32 {
    let step = u32(kept(face, 7u));
    let columns = coarse_size(face).x;
    return planes[plane(face, 0u, step * (place % columns), step * (place / columns))];
}

// The search for an upper median by halving an interval, all invocations of a workgroup together.
struct Search {
    low: f32,
    high: f32,
    half: u32,   // of the number of values
}

// The limit of a turn; the first turn counts all values. Then each invocation counts its values up to the limit.
fn limit_of(search: Search, turn: u32, own: u32) -> f32 {
    if (own == 0u) {
        atomicStore(&counted, 0u);
    }
    workgroupBarrier();
    return select(0.5 * (search.low + search.high), 1e9, turn == 0u);
}

// The interval after a turn, in which this invocation counted `sum` values.
fn halved(search: Search, turn: u32, limit: f32, sum: u32) -> Search {
    atomicAdd(&counted, sum);
    workgroupBarrier();
    let total = atomicLoad(&counted);
    workgroupBarrier();
    if (turn == 0u) {
        return Search(search.low, search.high, total / 2u);
    }
    if (total > search.half) {
        return Search(search.low, limit, search.half);
    }
    return Search(limit, search.high, search.half);
}

// The upper median of a plane's values, or of their distances from a value, where lips are sure and as red as `least`.
fn coarse_median(face: u32, channel: u32, away_from: f32, is_distance: bool, least: f32, own: u32) -> f32 {
    let size = coarse_size(face);
    var search = Search(-256.0, 256.0, 0u);
    for (var turn = 0u; turn < 27u; turn++) {
        let limit = limit_of(search, turn, own);
        var sum = 0u;
        for (var place = own; place < size.x * size.y; place += INVOCATIONS) {
            let value = state[coarse(face, channel, place)];
            let compared = select(value, abs(value - away_from), is_distance);
            let counts = coarse_cover(face, place) > 0.9 && state[coarse(face, 1u, place)] >= least;
            sum += select(0u, 1u, counts && compared <= limit);
        }
        search = halved(search, turn, limit, sum);
    }
    return search.high;
}

@compute @workgroup_size(INVOCATIONS)
fn likeness(@builtin(local_invocation_index) own: u32, @builtin(workgroup_id) workgroup: vec3u) {
    let face = workgroup.z;
    let size = coarse_size(face);
    let step = u32(kept(face, 7u));
    let first = vec2u(vec2f(kept(face, 1u), kept(face, 2u)));
    let count = select(0u, size.x * size.y, frame().x > 0.0);
    if (own == 0u) {
        atomicStore(&counted, 0u);
    }
    workgroupBarrier();
    for (var place = own; place < count; place += INVOCATIONS) {
        let lab = lab_of(pixel(vec2i(first + step * vec2u(place % size.x, place / size.x))));
        state[coarse(face, 0u, place)] = lab.x;
        state[coarse(face, 1u, place)] = lab.y;
        state[coarse(face, 2u, place)] = lab.z;
        atomicAdd(&counted, select(0u, 1u, coarse_cover(face, place) > 0.9));
    }
    storageBarrier();
    workgroupBarrier();
    let sure = atomicLoad(&counted);
    workgroupBarrier();
    let redness = coarse_median(face, 1u, 0.0, false, -1e9, own) - 1e-4;
    var middle = vec3f(0.0);
    var spread = vec3f(0.0);
    for (var channel = 0u; channel < 3u; channel++) {
        middle[channel] = coarse_median(face, channel, 0.0, false, redness, own);
        spread[channel] = 2.8 * coarse_median(face, channel, middle[channel], true, redness, own);
    }
    spread = max(spread, vec3f(9.0, 5.5, 4.5));
    let deviation = max(0.012 * kept(face, 5u) / kept(face, 7u), 0.6);
    for (var place = own; place < count; place += INVOCATIONS) {
        let color = vec3f(coarse_at(face, 0u, place), coarse_at(face, 1u, place), coarse_at(face, 2u, place));
        var away = (color - middle) / spread;
        away.x = select(away.x, 0.5 * away.x, away.x > 0.0);
        state[coarse(face, 3u, place)] = length(away);
    }
    storageBarrier();
    for (var axis = 0u; axis < 2u; axis++) {
        for (var place = own; place < count; place += INVOCATIONS) {
            let along = select(vec2i(1, 0), vec2i(0, 1), axis == 1u);
            state[coarse(face, 4u + axis, place)] = coarse_blurred(face, 3u + axis, place, along, deviation);
        }
        storageBarrier();
    }
    for (var place = own; place < count; place += INVOCATIONS) {
        let seen = clamp((4.2 - state[coarse(face, 5u, place)]) / 1.6, 0.0, 1.0);
        state[coarse(face, 5u, place)] = select(seen, 1.0, sure < 24u);
    }
}

// ---- the paint ----------------------------------------------------------------------------------------------------

fn cover_at(face: u32, place: vec2u) -> f32 {
    var cover = planes[plane(face, 0u, place.x, place.y)] * enlarged(face, 5u, place);
    if (kept(face, 12u) + kept(face, 13u) > 0.0) {
        cover *= 1.0 - planes[plane(face, 1u, place.x, place.y)];
    }
    return cover;
}

@compute @workgroup_size(INVOCATIONS)
fn measure(@builtin(local_invocation_index) own: u32, @builtin(workgroup_id) workgroup: vec3u) {
    let face = workgroup.z;
    let size = vec2u(vec2f(kept(face, 3u), kept(face, 4u)));
    let count = size.x * size.y;
    let first = vec2u(vec2f(kept(face, 1u), kept(face, 2u)));
    for (var place = own; place < count; place += INVOCATIONS) {
        let at = vec2u(place % size.x, place / size.x);
        planes[plane(face, 2u, at.x, at.y)] = lab_of(pixel(vec2i(first + at))).x;
        planes[plane(face, 3u, at.x, at.y)] = cover_at(face, at);
    }
    if (own == 0u) {
        atomicStore(&counted, 0u);
    }
    storageBarrier();
    workgroupBarrier();
    var sure = 0u;
    for (var place = own; place < count; place += INVOCATIONS) {
        sure += select(0u, 1u, planes[plane(face, 3u, place % size.x, place / size.x)] > 0.9);
    }
    atomicAdd(&counted, sure);
    workgroupBarrier();
    let least = select(0.0, 0.9, atomicLoad(&counted) > 0u);  // without pixels that are surely lip, all count
    workgroupBarrier();
    var search = Search(-1.0, 101.0, 0u);
    for (var turn = 0u; turn < 24u; turn++) {
        let limit = limit_of(search, turn, own);
        var sum = 0u;
        for (var place = own; place < count; place += INVOCATIONS) {
            let at = vec2u(place % size.x, place / size.x);
            let counts = planes[plane(face, 3u, at.x, at.y)] > least && planes[plane(face, 2u, at.x, at.y)] <= limit;
            sum += select(0u, 1u, counts);
        }
        search = halved(search, turn, limit, sum);
    }
    if (own == 0u) {
        keep(face, 8u, search.high);
    }
}

@compute @workgroup_size(8, 8)
fn paint(@builtin(global_invocation_id) place: vec3u) {
    let face = place.z;
    if (frame().x == 0.0 || is_outside(face, place.xy)) {
        return;
    }
    let cover = planes[plane(face, 3u, place.x, place.y)];
    if (cover <= 0.0) {
        return;
    }
    let at = vec2u(vec2f(kept(face, 1u), kept(face, 2u))) + place.xy;
    let bare = textureLoad(picture, at, 0);
    var lab = lab_of(bare.rgb);
    let light = light_on(face, lab.x);
    var highlight = light.highlight;
    var lightness = light.lightness;
    if (tables[style() + 5u] > 0.0) {
        let shine = enlarged(face, SHINE, place.xy) * kept(face, 11u);
        highlight += shine;
        lightness += 0.6 * shine;
    }
    let chroma = light.shading / (1.0 + 0.02 * highlight);
    let paint = vec2f(tables[style() + 3u], tables[style() + 4u]);
    let color = (paint + vec2f(kept(face, 9u), kept(face, 10u))) * chroma;
    lab = mix(lab, vec3f(min(lightness, 100.0), color), cover * tables[style()]);
    textureStore(drawn, at, vec4f(rgb_of(lab), bare.a));
}
