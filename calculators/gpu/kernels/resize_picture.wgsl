// Scales a picture into a part of another one, and pads the rest: the scaling of `ImageTransformation`.
//
// The methods are OpenCV's of the same names; values are rounded to whole gray levels.

const NEAREST = 0u;
const LINEAR = 1u;
const AREA = 2u;

override method: u32 = LINEAR;
override is_replicated: bool = false;   // padded with the edge pixels of the scaled picture, else with a color
override red: f32 = 0.0;   // gray levels of the padding
override green: f32 = 0.0;
override blue: f32 = 0.0;
override has_alpha: bool = false;   // else alpha is 255 everywhere; padding has 0

@group(0) @binding(0) var source: texture_2d<f32>;
// Left, top, width and height of the part, pixels.
@group(0) @binding(1) var<storage, read> part: array<i32>;
@group(0) @binding(2) var resized: texture_storage_2d<rgba8unorm, write>;

fn pixel(place: vec2i) -> vec4f {
    let inside = clamp(place, vec2i(0), vec2i(textureDimensions(source)) - 1);
    return round(255.0 * textureLoad(source, inside, 0));
}

fn linear(cell: vec2f, scale: vec2f) -> vec4f {
    let at = (cell + 0.5) * scale - 0.5;
    let first = vec2i(floor(at));
    let share = at - floor(at);
    let top = mix(pixel(first), pixel(first + vec2i(1, 0)), share.x);
    let bottom = mix(pixel(first + vec2i(0, 1)), pixel(first + vec2i(1, 1)), share.x);
    return mix(top, bottom, share.y);
}

// The mean of what lies under a pixel of the result.
fn area(cell: vec2f, scale: vec2f) -> vec4f {
    let begin = cell * scale;
    let end = min(begin + scale, vec2f(textureDimensions(source)));
    var sum = vec4f(0.0);
    for (var y = i32(floor(begin.y)); f32(y) < end.y; y++) {
        let height = min(f32(y) + 1.0, end.y) - max(f32(y), begin.y);
        for (var x = i32(floor(begin.x)); f32(x) < end.x; x++) {
            let width = min(f32(x) + 1.0, end.x) - max(f32(x), begin.x);
            sum += width * height * pixel(vec2i(x, y));
        }
    }
    return sum / ((end.x - begin.x) * (end.y - begin.y));
}

@compute @workgroup_size(8, 8)
fn main(@builtin(global_invocation_id) place: vec3u) {
    if (any(place.xy >= textureDimensions(resized))) {
        return;
    }
    let size = vec2i(part[2], part[3]);
    let given = vec2i(place.xy) - vec2i(part[0], part[1]);
    let cell = clamp(given, vec2i(0), size - 1);
    var level = vec4f(red, green, blue, 0.0);
    if (is_replicated || all(cell == given)) {
        let scale = vec2f(textureDimensions(source)) / vec2f(size);
        if (method == NEAREST) {
            level = pixel(cell * vec2i(textureDimensions(source)) / size);
        } else if (method == LINEAR) {
            level = floor(linear(vec2f(cell), scale) + 0.5);
        } else {
            level = floor(area(vec2f(cell), scale) + 0.5);
        }
    }
    textureStore(resized, place.xy, vec4f(level.rgb, select(255.0, level.a, has_alpha)) / 255.0);
}
