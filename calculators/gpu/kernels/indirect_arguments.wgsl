// The arguments of indirect dispatches: each dispatch's numbers of workgroups, for as many items as a tensor says.

override dispatches: u32;
override most: u32;   // items for which there is room

@group(0) @binding(0) var<storage, read> items: array<u32>;            // (1)
@group(0) @binding(1) var<storage, read> workgroups: array<u32>;       // (dispatches, 2)
@group(0) @binding(2) var<storage, read_write> arguments: array<u32>;  // (dispatches, 3)

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) place: vec3u) {
    if (place.x < dispatches) {
        arguments[3u * place.x] = workgroups[2u * place.x];
        arguments[3u * place.x + 1u] = workgroups[2u * place.x + 1u];
        arguments[3u * place.x + 2u] = min(items[0], most);
    }
}
