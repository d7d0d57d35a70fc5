// What the shaders of lipstick after lips.wgsl share: their bindings, planes of every step-th pixel, the light on paint,
// and the lips' surface.

override landmarks: u32;
override lab_table: u32;       // its place among the tables

@group(0) @binding(0) var picture: texture_2d<f32>;
@group(0) @binding(1) var<storage, read> points: array<f32>;       // (F, landmarks, 3), fractions of the frame
// Spline (41, 11), contours (4, 11), skin; CIELAB (33, 33, 33, 3) and the paint: how much of a pixel it is where the
// coverage is 1, what is kept of highlights, CIELAB, its own shine; the lips' grids (2, 4, 11).
@group(0) @binding(2) var<storage, read> tables: array<f32>;
@group(0) @binding(3) var<storage, read_write> state: array<f32>;  // (F, STATE)
// (F, 4, pixels of a plane): the coverage; what is hidden; lightness; the coverage of lips that are seen
@group(0) @binding(4) var<storage, read_write> planes: array<f32>;
@group(0) @binding(5) var drawn: texture_storage_2d<rgba8unorm, write>;

// Of the state: planes of every step-th pixel: L, a, b, distance from lip, blurred distance, how far it is lip. The
// shine takes the place of the distance, which is needed no more then.
const COARSE = 512u;
const SHINE = 3u;

// The picture's size. Every entry has all bindings, as the recorder wants it.
fn frame() -> vec2f {
    let numbers = arrayLength(&points) + arrayLength(&tables) + arrayLength(&state) + arrayLength(&planes);
    return vec2f(min(textureDimensions(picture), textureDimensions(drawn))) + f32(min(numbers, 0u));
}

fn coarse(face: u32, number: u32, place: u32) -> u32 {
    return face * STATE + COARSE + number * COARSE_AREA + place;
}

fn coarse_at(face: u32, number: u32, place: u32) -> f32 {
    return state[coarse(face, number, place)];
}

fn coarse_size(face: u32) -> vec2u {
    return vec2u(ceil(vec2f(kept(face, 3u), kept(face, 4u)) / kept(face, 7u)));
}

// A plane of every step-th pixel at a pixel.
fn enlarged(face: u32, number: u32, place: vec2u) -> f32 {
    let size = coarse_size(face);
    let part = vec2f(kept(face, 3u), kept(face, 4u));
    let at = clamp((vec2f(place) + 0.5) * vec2f(size) / part - 0.5, vec2f(0.0), vec2f(size) - 1.0);
    let first = vec2u(at);
    let next = min(first + 1u, size - 1u);
    let share = at - vec2f(first);
    let top = size.x * first.y;
    let low = size.x * next.y;
    let upper = mix(coarse_at(face, number, top + first.x), coarse_at(face, number, top + next.x), share.x);
    let lower = mix(coarse_at(face, number, low + first.x), coarse_at(face, number, low + next.x), share.x);
    return mix(upper, lower, share.y);
}

// The place of the paint among the tables.
fn style() -> u32 {
    return lab_table + 3u * 33u * 33u * 33u;
}

// How far the paint follows the level of the light.
fn level_of(face: u32) -> f32 {
    let middle = kept(face, 8u);
    let dim = clamp(1.0 - middle / 25.0, 0.0, 1.0);
    return min(pow((middle + 16.0) / 58.0, 0.6 + 0.4 * dim), 1.06);
}

struct Light {
    shading: f32,
    highlight: f32,
    lightness: f32,  // of paint that has no shine of its own
}

// What the lightness of a bare pixel makes of the paint.
fn light_on(face: u32, own: f32) -> Light {
    let middle = kept(face, 8u);
    let light = (own + 16.0) / (middle + 16.0);
    let over = max(light - 1.15, 0.0);
    let shading = (light - over + 0.5 * over / (1.0 + 2.0 * over)) * level_of(face);
    let highlight = max(light - 1.2, 0.0) * (middle + 16.0) * tables[style() + 1u];
    return Light(shading, highlight, (tables[style() + 2u] + 16.0) * shading - 16.0 + 0.6 * highlight);
}

// A landmark of a lip's grid, in pixels.
fn solid_point(face: u32, lip: u32, row: u32, column: u32) -> vec3f {
    let number = u32(tables[style() + 6u + 11u * (4u * lip + row) + column]);
    let place = 3u * (face * landmarks + number);
    return vec3f(points[place], points[place + 1u], points[place + 2u]) * vec3f(frame(), frame().x);
}

// OpenCV's fillConvexPoly with whole corners: between the sides of each row, and the sides themselves.
fn is_in_quad(corners: array<vec2f, 4>, at: vec2f) -> bool {
    let low = min(min(corners[0], corners[1]), min(corners[2], corners[3]));
    let high = max(max(corners[0], corners[1]), max(corners[2], corners[3]));
    if (any(at < low) || any(at > high)) {
        return false;
    }
    var quad = corners;
    var left = 1e9;
    var right = -1e9;
    for (var number = 0u; number < 4u; number++) {
        let one = quad[number];
        let other = quad[(number + 1u) % 4u];
        if (is_on_side(at, one, other)) {
            return true;
        }
        if (at.y >= min(one.y, other.y) && at.y < max(one.y, other.y)) {
            let x = floor(one.x + (other.x - one.x) * (at.y - one.y) / (other.y - one.y) + 0.5);
            left = min(left, x);
            right = max(right, x);
        }
    }
    return at.x >= left && at.x <= right;
}

// A plane of every step-th pixel under a Gaussian along one axis.
fn coarse_blurred(face: u32, number: u32, place: u32, axis: vec2i, deviation: f32) -> f32 {
    let size = coarse_size(face);
    let reach = i32(round(8.0 * deviation + 1.0)) / 2;
    let at = vec2i(vec2u(place % size.x, place / size.x));
    var sum = 0.0;
    var weights = 0.0;
    for (var tap = -reach; tap <= reach; tap++) {
        let weight = exp(-0.5 * f32(tap * tap) / (deviation * deviation));
        let x = mirrored(at.x + tap * axis.x, i32(size.x));
        let y = mirrored(at.y + tap * axis.y, i32(size.y));
        sum += weight * coarse_at(face, number, y * size.x + x);
        weights += weight;
    }
    return sum / weights;
}

// A point of a contour: 0 and 1 are the outer ones of the upper and of the lower lip, 2 and 3 the inner ones.
fn curve_point(face: u32, contour: u32, number: u32) -> vec2f {
    var at = vec2f(0.0);
    for (var each = 0u; each < 11u; each++) {
        at += tables[11u * number + each] * point(face, u32(tables[CURVE * 11u + 11u * contour + each]));
    }
    return at;
}

// 0 from `none` on, 1 up to `full`, which is below it.
fn falling(value: f32, none: f32, full: f32) -> f32 {
    return clamp((none - value) / (none - full), 0.0, 1.0);
}
