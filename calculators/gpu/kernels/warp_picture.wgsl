// Takes each pixel of a picture from the place in another one to which an affine map sends it.
//
// Values are rounded to whole gray levels, as OpenCV's are.

override is_nearest: bool = false;   // the nearest pixel, else bilinear
override is_border_zero: bool = false;   // black outside of the source, else its edge pixels
override has_alpha: bool = false;   // else alpha is 255 everywhere

@group(0) @binding(0) var source: texture_2d<f32>;
// 2 rows of 3: from the column and row of a pixel to x and y in the source, both of pixels' centers.
@group(0) @binding(1) var<storage, read> map: array<f32>;
@group(0) @binding(2) var warped: texture_storage_2d<rgba8unorm, write>;

fn pixel(place: vec2i) -> vec4f {
    let inside = clamp(place, vec2i(0), vec2i(textureDimensions(source)) - 1);
    if (is_border_zero && any(inside != place)) {
        return vec4f(0.0);
    }
    return round(255.0 * textureLoad(source, inside, 0));
}

@compute @workgroup_size(8, 8)
fn main(@builtin(global_invocation_id) place: vec3u) {
    if (any(place.xy >= textureDimensions(warped))) {
        return;
    }
    let column = f32(place.x);
    let row = f32(place.y);
    let at = vec2f(map[0] * column + map[1] * row + map[2], map[3] * column + map[4] * row + map[5]);
    var level: vec4f;
    if (is_nearest) {
        level = pixel(vec2i(round(at)));
    } else {
        let first = vec2i(floor(at));
        let share = at - floor(at);
        let top = mix(pixel(first), pixel(first + vec2i(1, 0)), share.x);
        let bottom = mix(pixel(first + vec2i(0, 1)), pixel(first + vec2i(1, 1)), share.x);
        level = floor(mix(top, bottom, share.y) + 0.5);
    }
    textureStore(warped, place.xy, vec4f(level.rgb, select(255.0, level.a, has_alpha)) / 255.0);
}
