// The colors of a picture in a texture. Part of the shader `crop`.

@group(0) @binding(0) var picture: texture_2d<f32>;

// Columns and rows.
fn picture_size() -> vec2i {
    return vec2i(textureDimensions(picture));
}

// Of the pixel at a column and a row: red, green, blue and alpha, gray levels.
fn color(at: vec2u) -> vec4f {
    return round(255.0 * textureLoad(picture, at, 0));
}
