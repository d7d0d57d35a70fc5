// What the shaders of lipstick keep of a face between their steps, and its colors. Part of each, whose bindings it reads.

const CURVE = 41u;             // points of a contour
const INVOCATIONS = 256u;
// Numbers of a face. The first ones are: 1 if the face is there; left, top, width and height of the part of the picture
// with the lips; the mouth's width; how many parts of a pixel are looked at, in each direction; every how many pixels
// colors are compared; the lips' lightness; what the light adds to a and b; the factor of the shine; whether some
// of the lips is turned away, and whether a tongue lies on them.
const STATE = 154112u;
const COARSE_AREA = 25600u;    // pixels of a coarse plane, see lipstick.wgsl

fn kept(face: u32, number: u32) -> f32 {
    return state[face * STATE + number];
}

fn keep(face: u32, number: u32, value: f32) {
    state[face * STATE + number] = value;
}

fn point(face: u32, number: u32) -> vec2f {
    let place = 3u * (face * landmarks + number);
    return vec2f(points[place], points[place + 1u]) * frame();
}

// Whether a place of the part of the picture with the lips is none.
fn is_outside(face: u32, place: vec2u) -> bool {
    return f32(place.x) >= kept(face, 3u) || f32(place.y) >= kept(face, 4u);
}

// A place along an axis, mirrored at its ends.
fn mirrored(place: i32, count: i32) -> u32 {
    let inside = abs(place);
    return u32(clamp(select(inside, 2 * count - 2 - inside, inside >= count), 0, count - 1));
}

// Pixels of a plane.
fn capacity() -> u32 {
    let size = textureDimensions(picture);
    return max(size.x * size.y / 4u, 1u);
}

fn plane(face: u32, number: u32, x: u32, y: u32) -> u32 {
    return (4u * face + number) * capacity() + y * u32(kept(face, 3u)) + x;
}

// A plane under a Gaussian along one axis, with so many taps per deviation: 6 as OpenCV for bytes, 8 for floats.
fn blurred(face: u32, number: u32, place: vec2u, axis: vec2i, deviation: f32, taps: f32) -> f32 {
    let reach = i32(round(taps * deviation + 1.0)) / 2;
    let count = vec2i(i32(kept(face, 3u)), i32(kept(face, 4u)));
    var sum = 0.0;
    var weights = 0.0;
    for (var tap = -reach; tap <= reach; tap++) {
        let weight = exp(-0.5 * f32(tap * tap) / (deviation * deviation));
        let at = vec2i(place) + tap * axis;
        sum += weight * planes[plane(face, number, mirrored(at.x, count.x), mirrored(at.y, count.y))];
        weights += weight;
    }
    return sum / weights;
}

// CIELAB (D65) of sRGB, 0 to 1. As OpenCV, between the 33 colors of a table in each direction, in sixteenths.
fn lab_of(color: vec3f) -> vec3f {
    let at = floor(color * 512.0) / 16.0;
    let first = min(vec3u(at), vec3u(31u));
    let share = at - vec3f(first);
    var sum = vec3f(0.0);
    for (var corner = 0u; corner < 8u; corner++) {
        let offset = vec3u(corner & 1u, (corner >> 1u) & 1u, corner >> 2u);
        let weights = select(1.0 - share, share, offset == vec3u(1u));
        let cell = first + offset;
        let place = lab_table + 3u * (33u * (33u * cell.x + cell.y) + cell.z);
        sum += weights.x * weights.y * weights.z * vec3f(tables[place], tables[place + 1u], tables[place + 2u]);
    }
    return sum;
}

fn pixel(place: vec2i) -> vec3f {
    return textureLoad(picture, clamp(place, vec2i(0), vec2i(frame()) - 1), 0).rgb;
}

// CIELAB between pixels; bilinear in 32 steps and whole levels, as OpenCV's remap.
fn lab_at(place: vec2f) -> vec3f {
    let at = round((place - 0.5) * 32.0) / 32.0;
    let first = vec2i(floor(at));
    let share = at - floor(at);
    let top = mix(pixel(first), pixel(first + vec2i(1, 0)), share.x);
    let bottom = mix(pixel(first + vec2i(0, 1)), pixel(first + vec2i(1, 1)), share.x);
    return lab_of(round(255.0 * mix(top, bottom, share.y)) / 255.0);
}

// Whether a pixel is on a line of one pixel between two whole places, which OpenCV draws from the left one.
fn is_on_side(at: vec2f, one: vec2f, other: vec2f) -> bool {
    let start = select(other, one, one.x <= other.x);
    let way = select(one, other, one.x <= other.x) - start;
    let is_flat = abs(way.x) >= abs(way.y);
    let steps = select((at.y - start.y) * sign(way.y), at.x - start.x, is_flat);
    let most = select(abs(way.y), way.x, is_flat);
    let aside = ceil(steps * select(way.x, abs(way.y), is_flat) / max(most, 1.0) - 0.5);
    let place = select(at.x - start.x, (at.y - start.y) * sign(way.y), is_flat);
    return steps >= 0.0 && steps <= most && place == aside && (way.y != 0.0 || at.y == start.y);
}
