// The shine of glossy lipstick, after `measure` of lipstick.wgsl: lip_shine.py of drawing/makeup. Each entry is a step; z
// of a workgroup is the slot of the face.

const QUADS = 60u;             // of both lips

var<workgroup> quads: array<array<vec2f, 4>, QUADS>;
var<workgroup> mirroring: array<f32, QUADS>;
var<workgroup> sums: array<array<f32, 8>, INVOCATIONS>;

// What a film on the lips mirrors, at every step-th pixel, by Blinn's half vector.
@compute @workgroup_size(INVOCATIONS)
fn shine(@builtin(local_invocation_index) own: u32, @builtin(workgroup_id) workgroup: vec3u) {
    let face = workgroup.z;
    let size = coarse_size(face);
    let step = kept(face, 7u);
    if (own < QUADS) {
        let lip = own / 30u;
        let row = own / 10u % 3u;
        let column = own % 10u;
        let around = array<vec3f, 4>(
            solid_point(face, lip, row, column), solid_point(face, lip, row, column + 1u),
            solid_point(face, lip, row + 1u, column + 1u), solid_point(face, lip, row + 1u, column));
        let normal = cross(around[2] - around[0], around[3] - around[1]);
        let unit = normal / max(length(normal), 1e-6);
        let viewer = vec3f(0.0, 0.0, -1.0);
        let middle = normalize(normalize(vec3f(0.15, -0.45, -0.88)) + viewer);
        let toward = dot(unit.xy, middle.xy) * sign(-unit.z) - abs(unit.z) * middle.z;
        mirroring[own] = 42.0 * pow(max(toward, 0.0), 18.0);
        for (var number = 0u; number < 4u; number++) {
            let first = vec2f(kept(face, 1u), kept(face, 2u)) + 0.5 * step;
            quads[own][number] = round((around[number].xy - first) / step);
        }
    }
    workgroupBarrier();
    let count = size.x * size.y;
    for (var place = own; place < count; place += INVOCATIONS) {
        let at = vec2f(vec2u(place % size.x, place / size.x));
        var mirrors = 0.0;
        for (var quad = QUADS; quad > 0u; quad--) {  // the last one lies over the others
            if (mirroring[quad - 1u] > 0.25 && is_in_quad(quads[quad - 1u], at)) {
                mirrors = mirroring[quad - 1u];
                break;
            }
        }
        state[coarse(face, 1u, place)] = mirrors;
    }
    storageBarrier();
    let soft = max(0.032 * kept(face, 5u) / step, 0.6);
    for (var place = own; place < count; place += INVOCATIONS) {
        state[coarse(face, 2u, place)] = coarse_blurred(face, 1u, place, vec2i(1, 0), soft);
        state[coarse(face, 4u, place)] = coarse_blurred(face, 0u, place, vec2i(1, 0), soft);
    }
    storageBarrier();
    let middle = kept(face, 8u);
    for (var place = own; place < count; place += INVOCATIONS) {
        let light = (coarse_at(face, 0u, place) + 16.0) / (middle + 16.0);
        let around = (coarse_blurred(face, 4u, place, vec2i(0, 1), soft) + 16.0) / (middle + 16.0);
        let lit = clamp(around, 0.6, 1.1);
        let mirrors = coarse_blurred(face, 2u, place, vec2i(0, 1), soft);
        state[coarse(face, SHINE, place)] = mirrors * clamp(1.0 + 6.0 * (light - around), 0.15, 2.0) * lit * lit * lit;
    }
}

// Adds up one number of all invocations; each gets the sum.
fn total(number: u32, own: u32) -> f32 {
    for (var half = INVOCATIONS / 2u; half > 0u; half /= 2u) {
        workgroupBarrier();
        if (own < half) {
            sums[own][number] += sums[own + half][number];
        }
    }
    workgroupBarrier();
    let result = sums[0][number];
    workgroupBarrier();
    return result;
}

// Own lightness, that of matte paint, and what the shine adds, of a pixel; none where it is not surely lip.
fn of_pixel(face: u32, place: u32, factor: f32) -> vec4f {
    let columns = u32(kept(face, 3u));
    let at = vec2u(place % columns, place / columns);
    let cover = planes[plane(face, 3u, at.x, at.y)];
    if (cover <= 0.9) {
        return vec4f(0.0);
    }
    let own = planes[plane(face, 2u, at.x, at.y)];
    let strength = cover * tables[style()];
    let matte = mix(own, light_on(face, own).lightness, strength);
    return vec4f(own, matte, 0.6 * strength * factor * enlarged(face, SHINE, at), 1.0);
}

// How much of the shine leaves the lips' own shading visible: the factor with which the painted lightness correlates with
// the bare one by 0.93.
@compute @workgroup_size(INVOCATIONS)
fn keep_shine(@builtin(local_invocation_index) own: u32, @builtin(workgroup_id) workgroup: vec3u) {
    let face = workgroup.z;
    let count = select(0u, u32(kept(face, 3u)) * u32(kept(face, 4u)), frame().x > 0.0);
    let level = level_of(face);
    let factor = tables[style() + 5u] * level * level;
    var sum = vec4f(0.0);
    for (var place = own; place < count; place += INVOCATIONS) {
        sum += of_pixel(face, place, factor);
    }
    for (var number = 0u; number < 4u; number++) {
        sums[own][number] = sum[number];
    }
    let pixels = total(3u, own);
    let mean = vec3f(total(0u, own), total(1u, own), total(2u, own)) / max(pixels, 1.0);
    var squares = array<f32, 6>();
    for (var place = own; place < count; place += INVOCATIONS) {
        let of_it = of_pixel(face, place, factor);
        let off = (of_it.xyz - mean) * of_it.w;
        squares[0] += off.x * off.x;
        squares[1] += off.x * off.y;
        squares[2] += off.x * off.z;
        squares[3] += off.y * off.y;
        squares[4] += off.y * off.z;
        squares[5] += off.z * off.z;
    }
    for (var number = 0u; number < 6u; number++) {
        sums[own][number] = squares[number];
    }
    var sums_of = array<f32, 6>();
    for (var number = 0u; number < 6u; number++) {
        sums_of[number] = total(number, own);
    }
    if (own == 0u) {
        let by = 1.0 / max(sqrt(sums_of[0]), 1e-6);
        let a = sums_of[1] * by;
        let b = sums_of[2] * by;
        let c = 0.93 * 0.93 * sums_of[3];
        let d = 0.93 * 0.93 * sums_of[4];
        let e = 0.93 * 0.93 * sums_of[5];
        let second = e - b * b;
        let first = d - a * b;
        let none = c - a * a;
        var share = 1.0;
        if (pixels > 0.0 && (a + b < 0.0 || (a + b) * (a + b) < c + 2.0 * d + e)) {
            share = 0.0;
            if (none < 0.0 && second > 0.0) {
                share = min((sqrt(first * first - second * none) - first) / second, 1.0);
            }
        }
        keep(face, 11u, share * factor);
    }
}
