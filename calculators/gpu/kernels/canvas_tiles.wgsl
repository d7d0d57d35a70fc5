// Lists the tiles of a picture that marks may touch, and writes how many workgroups canvas.wgsl has. One workgroup.

const SIDE = 16u;           // of a tile, as in canvas.wgsl
const INVOCATIONS = 256u;
const ROW = 32768u;         // workgroups along x; WebGPU has at most 65535

@group(0) @binding(0) var picture: texture_2d<f32>;   // whose size counts
@group(0) @binding(1) var<storage, read> marks: array<Mark>;
@group(0) @binding(2) var<storage, read_write> tiles: array<u32>;      // their number; then x + 65536 * y of each
@group(0) @binding(3) var<storage, read_write> workgroups: array<u32>; // (3)

var<workgroup> listed: atomic<u32>;

@compute @workgroup_size(INVOCATIONS)
fn main(@builtin(local_invocation_index) own: u32) {
    let size = (textureDimensions(picture) + SIDE - 1u) / SIDE;
    let count = marks[0].count;
    if (own == 0u) {
        atomicStore(&listed, 0u);   // not every adapter begins with zeros
    }
    workgroupBarrier();
    for (var number = own; number < size.x * size.y; number += INVOCATIONS) {
        let tile = vec2u(number % size.x, number / size.x);
        let low = vec2f(SIDE * tile);
        let high = low + f32(SIDE - 1u);
        for (var mark = 1u; mark <= count; mark++) {
            let box = marks[mark].box;
            if (marks[mark].kind > 0u && all(box.zw >= low) && all(box.xy <= high)) {
                tiles[1u + atomicAdd(&listed, 1u)] = tile.x + 65536u * tile.y;
                break;
            }
        }
    }
    workgroupBarrier();
    if (own == 0u) {
        let total = atomicLoad(&listed);
        tiles[0] = total;
        workgroups[0] = min(total, ROW);
        workgroups[1] = (total + ROW - 1u) / ROW;
        workgroups[2] = 1u;
    }
}
