// Cuts rotated rectangles out of a picture, sampled bilinearly: `Cropper` of geometry/crop.py.
//
// Values are rounded to whole gray levels, as OpenCV's are. The picture is a texture, `texture_colors`, or bytes of a
// camera or a decoder, `raw_colors`: then only what the crops show is converted.

override width: u32;   // of a crop, pixels
override height: u32;
override row_length: u32 = 5u;   // of a rectangle
override scale: f32 = 1.0;   // a tensor's value is gray level * scale + shift
override shift: f32 = 0.0;
override offset: u32 = 0u;   // of the first crop, in numbers
override stride: u32;   // from a crop to the next, in numbers
override is_border_zero: bool = false;   // black outside of the picture, else its edge pixels

// A row of each rectangle, which begins with x_center, y_center, width, height in pixels, rotation in radians, clockwise.
@group(0) @binding(1) var<storage, read> rects: array<f32>;
// F crops (height, width, 3)
@group(0) @binding(2) var<storage, read_write> crops: array<f32>;

fn pixel(place: vec2i) -> vec3f {
    let last = picture_size() - 1;
    let inside = clamp(place, vec2i(0), last);
    if (is_border_zero && any(inside != place)) {
        return vec3f(0.0);
    }
    return color(vec2u(inside)).rgb;
}

@compute @workgroup_size(8, 8)
fn main(@builtin(global_invocation_id) place: vec3u) {
    if (place.x >= width || place.y >= height) {
        return;
    }
    let row = row_length * place.z;
    if (rects[row + 2u] <= 0.0) {
        return;  // an empty slot
    }
    let center = vec2f(rects[row], rects[row + 1u]);
    let cell = vec2f(rects[row + 2u] / f32(width), rects[row + 3u] / f32(height));
    let cosine = cos(rects[row + 4u]);
    let sine = sin(rects[row + 4u]);
    // The crop's corner lies at half the rectangle's size from its center.
    let index = vec2f(place.xy);
    let half_size = 0.5 * vec2f(rects[row + 2u], rects[row + 3u]);
    let x_axis = vec2f(cosine, sine);
    let y_axis = vec2f(-sine, cosine);
    let at = center + x_axis * (cell.x * index.x - half_size.x) + y_axis * (cell.y * index.y - half_size.y);
    let first = vec2i(floor(at));
    let share = at - floor(at);
    let top = mix(pixel(first), pixel(first + vec2i(1, 0)), share.x);
    let bottom = mix(pixel(first + vec2i(0, 1)), pixel(first + vec2i(1, 1)), share.x);
    let level = floor(mix(top, bottom, share.y) + 0.5);
    let target_place = offset + stride * place.z + 3u * (place.y * width + place.x);
    for (var channel = 0u; channel < 3u; channel++) {
        crops[target_place + channel] = level[channel] * scale + shift;
    }
}
