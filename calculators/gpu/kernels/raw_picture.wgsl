// Makes a picture of the bytes of a camera or a decoder, whose colors `raw_colors` knows.

@group(0) @binding(1) var picture: texture_storage_2d<rgba8unorm, write>;

@compute @workgroup_size(8, 8)
fn main(@builtin(global_invocation_id) place: vec3u) {
    if (all(place.xy < textureDimensions(picture))) {
        textureStore(picture, place.xy, color(place.xy) / 255.0);
    }
}
