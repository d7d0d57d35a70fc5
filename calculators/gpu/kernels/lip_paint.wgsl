// What lipstick.wgsl and lip_shine.wgsl share: their bindings, planes of every step-th pixel, and the light on paint.

override landmarks: u32;
override lab_table: u32;       // its place among the tables

@group(0) @binding(0) var picture: texture_2d<f32>;
@group(0) @binding(1) var<storage, read> points: array<f32>;       // (F, landmarks, 3), fractions of the frame
// Spline (41, 11), contours (4, 11), skin; CIELAB (33, 33, 33, 3) and the paint: how much of a pixel it is where the
// coverage is 1, what is kept of highlights, CIELAB, its own shine; the lips' grids (2, 4, 11).
@group(0) @binding(2) var<storage, read> tables: array<f32>;
@group(0) @binding(3) var<storage, read_write> state: array<f32>;  // (F, STATE)
// (F, 4, pixels of a plane): the coverage; unused; lightness; the coverage of what looks like lip
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
