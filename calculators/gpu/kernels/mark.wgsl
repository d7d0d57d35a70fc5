// A row of `MARK` of drawing/layers/mark_list.py, which says what its fields are. Part of the shaders that read or write
// marks.

struct Mark {
    box: vec4f,
    kind: u32,
    first: u32,
    count: u32,
    color: u32,
    share: f32,
    size_x: f32,
    size_y: f32,
    size_z: f32,
}
