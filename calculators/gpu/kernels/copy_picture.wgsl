// Copies a picture.

@group(0) @binding(0) var picture: texture_2d<f32>;
@group(0) @binding(1) var copied: texture_storage_2d<rgba8unorm, write>;

@compute @workgroup_size(8, 8)
fn main(@builtin(global_invocation_id) place: vec3u) {
    if (all(place.xy < textureDimensions(picture))) {
        textureStore(copied, place.xy, textureLoad(picture, place.xy, 0));
    }
}
