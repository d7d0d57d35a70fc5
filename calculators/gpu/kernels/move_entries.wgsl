// Copies entries of a leading axis, such as faces, from one layout to another, without leaving the compute pass.

override numbers: u32;       // of an entry
override source_offset: u32 = 0u;
override source_stride: u32;
override target_offset: u32 = 0u;
override target_stride: u32;

@group(0) @binding(0) var<storage, read> source: array<u32>;
@group(0) @binding(1) var<storage, read_write> copied: array<u32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) place: vec3u, @builtin(num_workgroups) groups: vec3u) {
    for (var number = place.x; number < numbers; number += 64u * groups.x) {
        copied[target_offset + target_stride * place.y + number] =
            source[source_offset + source_stride * place.y + number];
    }
}
