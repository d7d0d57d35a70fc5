// What hides lips, after `likeness` of lipstick.wgsl, and the light on the skin: mustache.py, lip_surface.py and
// scene_light.py of drawing/makeup. z of a workgroup is the slot of the face.

override skin_points: u32;

const ABOVE = 150u;            // places over the upper lip
const ACROSS = 39u;            // places on the lower lip
const QUADS = 20u;             // of both lips

var<workgroup> samples: array<vec3f, ABOVE>;
var<workgroup> chosen: array<f32, 3>;
var<workgroup> skin: vec3f;
var<workgroup> up: vec2f;      // from the lower lip to the upper one, as long as the mouth is wide
var<workgroup> quads: array<array<vec2f, 4>, QUADS>;
var<workgroup> hidden: array<f32, QUADS>;

// The color of the skin, without its darker half, which are hairs and shadows.
fn skin_color(face: u32) -> vec3f {
    var colors = array<vec3f, 32>();
    var count = 0u;
    for (var number = 0u; number < skin_points; number++) {
        let at = point(face, u32(tables[CURVE * 11u + 44u + number]));
        if (all(at >= vec2f(0.0)) && all(at < frame())) {
            // Sorted by lightness.
            let sample = lab_of(pixel(vec2i(at)));
            var place = count;
            while (place > 0u && colors[place - 1u].x > sample.x) {
                colors[place] = colors[place - 1u];
                place--;
            }
            colors[place] = sample;
            count++;
        }
    }
    if (count < 5u) {
        return vec3f(62.0, 10.0, 16.0);
    }
    let lighter = count / 2u;
    let half = (count - lighter) / 2u;
    var color = vec3f(0.0);
    for (var channel = 0u; channel < 3u; channel++) {
        for (var each = lighter; each < count; each++) {
            var less = 0u;
            for (var other = lighter; other < count; other++) {
                let is_less = colors[other][channel] < colors[each][channel];
                let is_before = colors[other][channel] == colors[each][channel] && other < each;
                less += select(0u, 1u, is_less || is_before);
            }
            if (less == half) {
                color[channel] = colors[each][channel];
            }
        }
    }
    return color;
}

// The upper median of the first samples, channel by channel.
fn median(count: u32, own: u32) -> vec3f {
    workgroupBarrier();
    for (var channel = 0u; channel < 3u && own < count; channel++) {
        let value = samples[own][channel];
        var less = 0u;
        for (var other = 0u; other < count; other++) {
            let compared = samples[other][channel];
            less += select(0u, 1u, compared < value || (compared == value && other < own));
        }
        if (less == count / 2u) {
            chosen[channel] = value;
        }
    }
    workgroupBarrier();
    let result = vec3f(chosen[0], chosen[1], chosen[2]);
    workgroupBarrier();
    return result;
}

@compute @workgroup_size(INVOCATIONS)
fn hide(@builtin(local_invocation_index) own: u32, @builtin(workgroup_id) workgroup: vec3u) {
    let face = workgroup.z;
    let size = coarse_size(face);
    let width = kept(face, 5u);
    let step = kept(face, 7u);
    if (own == 0u) {
        skin = skin_color(face);
        let off = skin.yz - vec2f(10.0, 16.0);
        let tint = 0.6 * sign(off) * max(abs(off) - vec2f(7.0, 9.0), vec2f(0.0));
        keep(face, 9u, tint.x);
        keep(face, 10u, tint.y);
        var way = vec2f(0.0);
        for (var number = 8u; number < 33u; number++) {
            way += curve_point(face, 0u, number) - curve_point(face, 1u, number);
        }
        up = way * width / max(length(way), 1e-3);
    }
    workgroupBarrier();
    // A mustache: its color is taken from above the upper lip.
    if (own < ABOVE) {
        samples[own] = lab_at(curve_point(face, 0u, 8u + own % 25u) + up * (0.05 + 0.03 * f32(own / 25u)));
    }
    let hair = median(ABOVE, own);
    if (own < ACROSS) {
        let inner = curve_point(face, 3u, 14u + own % 13u);
        let outer = curve_point(face, 1u, 14u + own % 13u);
        samples[own] = lab_at(mix(inner, outer, 0.3 + 0.2 * f32(own / 13u)));
    }
    let lip = median(ACROSS, own);
    let chroma = length(skin.yz);
    let lightness = (hair.x + 16.0) / (skin.x + 16.0);
    let left = length(hair.yz) / (chroma * lightness);
    let has_colors = select(0.0, 1.0, chroma >= 9.0);
    let gray = has_colors * falling(left, 0.7, 0.5) * falling(lightness, 0.75, 0.65);
    let hairy = max(gray, has_colors * falling(lightness, 0.55, 0.45));
    let weights = vec3f(0.4, 1.5, 1.0);
    let way = (lip - hair) * weights;
    let seen = clamp((length(way) - 7.0) / 5.0, 0.0, 1.0);
    let by = way * weights / pow(max(length(way), 1.0), 2.0);
    let deviation = max(0.012 * width / step, 0.6);
    let coarse_count = select(0u, size.x * size.y, hairy > 0.0);
    for (var place = own; place < coarse_count; place += INVOCATIONS) {
        let color = vec3f(coarse_at(face, 0u, place), coarse_at(face, 1u, place), coarse_at(face, 2u, place));
        state[coarse(face, 3u, place)] = dot(color - hair, by);
    }
    storageBarrier();
    for (var place = own; place < coarse_count; place += INVOCATIONS) {
        state[coarse(face, 4u, place)] = coarse_blurred(face, 3u, place, vec2i(1, 0), deviation);
    }
    storageBarrier();
    for (var place = own; place < coarse_count; place += INVOCATIONS) {
        let told = hairy * falling(coarse_blurred(face, 4u, place, vec2i(0, 1), deviation), 0.4, 0.15);
        state[coarse(face, 5u, place)] *= 1.0 - mix(gray, told, seen);
    }
    // Where the lips are turned away.
    if (own < QUADS) {
        let lip_number = own / 10u;
        let column = own % 10u;
        let outer = array<vec3f, 2>(
            solid_point(face, lip_number, 0u, column), solid_point(face, lip_number, 0u, column + 1u));
        let ridge = array<vec3f, 2>(
            solid_point(face, lip_number, 1u, column), solid_point(face, lip_number, 1u, column + 1u));
        let normal = cross(ridge[1] - outer[0], ridge[0] - outer[1]);
        let toward = select(-normal.z, normal.z, lip_number == 0u) / max(length(normal), 1e-6);
        hidden[own] = falling(toward, 0.14, 0.02);
        let first = vec2f(kept(face, 1u), kept(face, 2u)) + 0.5;
        for (var end = 0u; end < 2u; end++) {
            let inner = solid_point(face, lip_number, 3u, column + end).xy;
            let beyond = outer[end].xy + 0.3 * (outer[end].xy - inner);  // the coverage is soft beyond the landmarks
            quads[own][end] = round(beyond - first);
            quads[own][3u - end] = round(inner - first);
        }
    }
    workgroupBarrier();
    var is_turned = false;
    for (var quad = 0u; quad < QUADS; quad++) {
        is_turned = is_turned || hidden[quad] > 0.0;
    }
    if (own == 0u) {
        keep(face, 12u, select(0.0, 1.0, is_turned));
    }
    let columns = u32(kept(face, 3u));
    let count = select(0u, columns * u32(kept(face, 4u)), is_turned && frame().x > 0.0);
    for (var place = own; place < count; place += INVOCATIONS) {
        let at = vec2u(place % columns, place / columns);
        var most = 0.0;
        for (var quad = QUADS; quad > 0u; quad--) {  // the last one lies over the others
            if (hidden[quad - 1u] > 0.0 && is_in_quad(quads[quad - 1u], vec2f(at))) {
                most = hidden[quad - 1u];
                break;
            }
        }
        planes[plane(face, 1u, at.x, at.y)] = most;
    }
    storageBarrier();
    let soft = max(0.02 * width, 0.5);
    for (var place = own; place < count; place += INVOCATIONS) {
        let at = vec2u(place % columns, place / columns);
        planes[plane(face, 2u, at.x, at.y)] = blurred(face, 1u, at, vec2i(1, 0), soft, 8.0);
    }
    storageBarrier();
    for (var place = own; place < count; place += INVOCATIONS) {
        let at = vec2u(place % columns, place / columns);
        planes[plane(face, 1u, at.x, at.y)] = blurred(face, 2u, at, vec2i(0, 1), soft, 8.0);
    }
}
