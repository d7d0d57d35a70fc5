// Lays a drawing over a part of a picture: the drawing's colors, plus what its alpha leaves of the picture.

// left, top, width, height of the part in pixels; then its pixels row by row, RGBA bytes, red in the lowest: the
// color that is added, and how much of the picture is left, 255 for all.
@group(0) @binding(0) var<storage, read> drawing: array<u32>;
@group(0) @binding(1) var picture: texture_2d<f32>;
@group(0) @binding(2) var drawn: texture_storage_2d<rgba8unorm, write>;

override has_alpha: bool;   // whether the picture's alpha counts

@compute @workgroup_size(8, 8)
fn main(@builtin(global_invocation_id) place: vec3u) {
    if (any(place.xy >= textureDimensions(picture))) {
        return;
    }
    var color = textureLoad(picture, place.xy, 0);
    let inside = place.xy - vec2u(drawing[0], drawing[1]);   // wraps to a large number left of the part
    if (inside.x < drawing[2] && inside.y < drawing[3]) {
        let over = unpack4x8unorm(drawing[4u + inside.y * drawing[2] + inside.x]);
        let alpha = select(1.0, color.a * over.a, has_alpha);
        color = vec4f(over.rgb + color.rgb * over.a, alpha);
    }
    textureStore(drawn, place.xy, color);
}
