// Draws marks over a picture: `Canvas` of drawing/layers/canvas.py, with the look that OpenCV gives it.
//
// A workgroup draws a tile of the picture, mark after mark. Of each mark it first lists the shapes that may touch the
// tile. drawing/layers/mark_list.py says what marks and shapes are.

const LINES = 1u;
const POLYGON = 2u;
const TRIANGLES = 3u;
const LETTERS = 4u;
const HEAT = 5u;
const SIDE = 16u;            // of a tile
const LISTED = 256u;         // shapes at a time, one for each invocation

@group(0) @binding(0) var picture: texture_2d<f32>;
@group(0) @binding(1) var<storage, read> marks: array<Mark>;    // the count of the first one is the number of the others
@group(0) @binding(2) var<storage, read> shapes: array<vec4f>;
@group(0) @binding(3) var<storage, read> bytes: array<u32>;     // four in each
@group(0) @binding(4) var<storage, read> tiles: array<u32>;     // of canvas_tiles.wgsl; only they are written
@group(0) @binding(5) var drawn: texture_storage_2d<rgba8unorm, write>;

var<workgroup> listed: atomic<u32>;
var<workgroup> list: array<vec4f, 512>;   // LISTED of one row, or of two

fn byte(place: u32) -> f32 {
    return f32((bytes[place / 4u] >> (8u * (place % 4u))) & 0xffu);
}

// ---- lines ------------------------------------------------------------------------------------------------------

// How much of a pixel a smooth edge or hairline covers at a distance: OpenCV's filter, a Gaussian. The distance is
// along the axis that the line is less parallel to; `steepness` is between 0 and 1, how much it rises along the other.
fn filtered(distance: f32, steepness: f32) -> f32 {
    return 0.994 * exp(-distance * distance / 0.56) * sqrt(0.5 + 0.5 * steepness * steepness);
}

// Every line is laid on twice, as OpenCV does.
fn left_by(alpha: f32) -> f32 {
    return (1.0 - alpha) * (1.0 - alpha);
}

// How much a line's end leaves of it, `from_start` and `to_end` pixels (whole ones) from the first and the last pixel.
// A line grows over two pixels; `start` and `end` are the parts of its ends' pixels, in sixteenths of a pixel.
fn of_end(from_start: i32, to_end: i32, start: f32, end: f32) -> f32 {
    let behind = 0.5 * (0.96875 - start);
    let before = 0.5 * (end + 0.03125);
    if (from_start >= 2 && to_end >= 2) {
        return 1.0;
    }
    if (from_start == 0 && to_end == 0) {
        return 0.0;
    }
    if (from_start + to_end == 1) {
        return 0.5 * (fract(end - start) + 0.03125);
    }
    if (from_start == 1 && to_end == 1) {
        return 0.5 * (end - start + 1.03125);
    }
    if (to_end >= 2) {
        return select(behind, behind + 0.5, from_start == 1);
    }
    return select(before, before + 0.5, to_end == 1);
}

// What a hairline from `line.xy` to `line.zw` leaves of a pixel.
fn left_by_hairline(place: vec2i, line: vec4f) -> f32 {
    let is_flat = abs(line.z - line.x) > abs(line.w - line.y);
    // Along the axis that it is more parallel to, and forward.
    var ends = select(line.yxwz, line, is_flat);
    ends = select(ends, ends.zwxy, ends.z < ends.x);
    let at = select(place.yx, place, is_flat);
    let first = i32(floor(ends.x));
    let last = i32(floor(ends.z)) + 1;
    if (at.x < first || at.x > last) {
        return 1.0;
    }
    let slope = select(0.0, (ends.w - ends.y) / (ends.z - ends.x), ends.z > ends.x);
    let middle = ends.y + slope * (f32(at.x) - ends.x);
    let aside = at.y - i32(floor(middle + 0.5));
    if (abs(aside) > 1) {
        return 1.0;
    }
    let steepness = select((floor(abs(slope) * 32.0) + 0.5) / 32.0, 1.0, abs(slope) >= 1.0);
    let distance = f32(at.y) - (floor(middle * 32.0) + 0.5) / 32.0;
    let end = of_end(at.x - first, last - at.x, ends.x - floor(ends.x), ends.z - floor(ends.z));
    return left_by(end * filtered(distance, steepness));
}

// The part of a row that a convex polygon with this side has between its other sides: it grows `span`, the least and
// the largest x. As in OpenCV, corners are moved to whole rows, and level sides do not count.
fn grown(span: vec2f, row: f32, side: vec4f) -> vec2f {
    let first = floor(side.y + 0.5);
    let last = floor(side.w + 0.5);
    if (first == last || row < min(first, last) || row > max(first, last)) {
        return span;
    }
    let x = side.x + (side.z - side.x) * (row - first) / (last - first);
    return vec2f(min(span.x, x), max(span.y, x));
}

const EMPTY = vec2f(1e30, -1e30);

// What the round end of a line leaves: as in OpenCV, a polygon of 4, 12, 20 or 72 sides.
fn left_by_end(place: vec2i, center: vec2f, radius: f32) -> f32 {
    let at = vec2f(place);
    if (any(abs(at - center) > vec2f(radius + 2.0))) {
        return 1.0;
    }
    var sides = 72;
    if (radius < 15.0) {
        sides = select(select(20, 12, radius < 10.0), 4, radius < 3.0);
    }
    var left = 1.0;
    var span = EMPTY;
    var corner = center + vec2f(radius, 0.0);
    for (var side = 1; side <= sides; side++) {
        let angle = 6.2831853 * f32(side) / f32(sides);
        let next = center + radius * vec2f(cos(angle), sin(angle));
        span = grown(span, at.y, vec4f(corner, next));
        left *= left_by_hairline(place, vec4f(corner, next));
        corner = next;
    }
    return select(left, 0.0, at.x >= span.x && at.x <= span.y);
}

// What a line with a radius and round ends leaves.
fn left_by_thick(place: vec2i, line: vec4f, radius: f32) -> f32 {
    let at = vec2f(place);
    var left = left_by_end(place, line.xy, radius) * left_by_end(place, line.zw, radius);
    let along = line.zw - line.xy;
    if (left == 0.0 || all(along == vec2f(0.0))) {
        return left;
    }
    let across = radius * vec2f(-along.y, along.x) / length(along);
    let one = line + across.xyxy;
    let other = line - across.xyxy;
    var span = grown(grown(EMPTY, at.y, one), at.y, other);
    span = grown(grown(span, at.y, vec4f(one.xy, other.xy)), at.y, vec4f(one.zw, other.zw));
    if (at.x >= span.x && at.x <= span.y) {
        return 0.0;
    }
    return left * left_by_hairline(place, one) * left_by_hairline(place, other);
}

fn lines_cover(mark: Mark, place: vec2i, low: vec2f, high: vec2f, own: u32) -> f32 {
    var left = 1.0;
    let reach = mark.size_x + 2.0;
    for (var start = 0u; start < mark.count; start += LISTED) {
        if (own == 0u) {
            atomicStore(&listed, 0u);
        }
        workgroupBarrier();
        if (start + own < mark.count) {
            let line = shapes[mark.first + start + own];
            if (all(max(line.xy, line.zw) + reach >= low) && all(min(line.xy, line.zw) - reach <= high)) {
                list[atomicAdd(&listed, 1u)] = line;
            }
        }
        workgroupBarrier();
        let count = atomicLoad(&listed);
        for (var number = 0u; number < count; number++) {
            if (mark.size_x > 0.0) {
                left *= left_by_thick(place, list[number], mark.size_x);
            } else {
                left *= left_by_hairline(place, list[number]);
            }
        }
        workgroupBarrier();
    }
    return 1.0 - left;
}

// ---- surfaces ---------------------------------------------------------------------------------------------------

// A convex polygon, in half pixels.
fn polygon_covers(mark: Mark, place: vec2i) -> f32 {
    var sum = 0.0;
    for (var part = 0; part < 4; part++) {
        let at = 2 * place + vec2i(part & 1, part >> 1u);
        var left = 1.0;
        var span = EMPTY;
        for (var side = 0u; side < mark.count; side++) {
            let line = shapes[mark.first + side];
            span = grown(span, f32(at.y), line);
            if (any(line.xy != line.zw)) {
                left *= left_by_hairline(at, line);
            }
        }
        sum += select(1.0 - left, 1.0, f32(at.x) >= span.x && f32(at.x) <= span.y);
    }
    return sum / 4.0;
}

// Whether a pixel is on the side of a triangle, as OpenCV draws a line of one pixel: in whole steps from one end.
fn is_on_side(at: vec2f, from_: vec2f, to: vec2f) -> bool {
    let way = to - from_;
    let is_flat = abs(way.x) > abs(way.y);
    let place = select(at.yx, at, is_flat);
    var ends = select(vec4f(from_.yx, to.yx), vec4f(from_, to), is_flat);
    ends = select(ends, ends.zwxy, ends.z < ends.x);
    let steps = place.x - floor(ends.x + 0.5);
    let slope = select(0.0, (ends.w - ends.y) / (ends.z - ends.x), ends.z > ends.x);
    let is_step = steps >= 0.0 && steps <= floor(ends.z - ends.x);
    return (is_step && place.y == floor(ends.y + slope * steps + 0.5)) || all(place == floor(ends.zw + 0.5));
}

fn triangle_covers(at: vec2f, first: vec4f, second: vec4f) -> bool {
    let a = first.xy;
    let b = first.zw;
    let c = second.xy;
    if (any(at > max(max(a, b), c) + 1.0) || any(at < min(min(a, b), c) - 1.0)) {
        return false;
    }
    let span = grown(grown(grown(EMPTY, at.y, vec4f(a, b)), at.y, vec4f(b, c)), at.y, vec4f(c, a));
    if (at.x >= floor(span.x + 0.5) && at.x <= floor(span.y + 0.5)) {
        return true;
    }
    return is_on_side(at, a, b) || is_on_side(at, b, c) || is_on_side(at, c, a);
}

// The mean color of the nearest triangles at the parts of a pixel, and how many of the parts they cover.
fn triangles_color(mark: Mark, place: vec2i, low: vec2f, high: vec2f, own: u32) -> vec4f {
    let parts = i32(mark.size_x);   // in each direction
    var nearest = vec4f(1e30);
    var colors = vec4u(0u);
    for (var start = 0u; start < mark.count; start += 2u * LISTED) {
        if (own == 0u) {
            atomicStore(&listed, 0u);
        }
        workgroupBarrier();
        let row = start + 2u * own;
        if (row < mark.count) {
            let first = shapes[mark.first + row];
            let second = shapes[mark.first + row + 1u];
            let most = max(max(first.xy, first.zw), second.xy) / mark.size_x + 1.0;
            let least = min(min(first.xy, first.zw), second.xy) / mark.size_x - 1.0;
            if (all(most >= low) && all(least <= high)) {
                let number = atomicAdd(&listed, 1u);
                list[2u * number] = first;
                list[2u * number + 1u] = second;
            }
        }
        workgroupBarrier();
        let count = atomicLoad(&listed);
        for (var number = 0u; number < count; number++) {
            let first = list[2u * number];
            let second = list[2u * number + 1u];
            for (var part = 0; part < parts * parts; part++) {
                let at = vec2f(parts * place + vec2i(part % parts, part / parts));
                if (second.z < nearest[part] && triangle_covers(at, first, second)) {
                    nearest[part] = second.z;
                    colors[part] = 0xff000000u | u32(second.w);
                }
            }
        }
        workgroupBarrier();
    }
    var sum = vec4f(0.0);
    for (var part = 0; part < parts * parts; part++) {
        sum += unpack4x8unorm(colors[part]);
    }
    return sum / f32(parts * parts);
}

// Bilinear, of a picture that is stretched over the mark's box.
fn stretched(mark: Mark, offset: u32, place: vec2i) -> f32 {
    let size = vec2f(mark.size_x, mark.size_y);
    let scale = size / (mark.box.zw - mark.box.xy + 1.0);
    let at = clamp((vec2f(place) - mark.box.xy + 0.5) * scale - 0.5, vec2f(0.0), size - 1.0);
    let first = vec2u(at);
    let next = min(first + 1u, vec2u(size) - 1u);
    let share = at - vec2f(first);
    let start = mark.first + offset;
    let columns = u32(size.x);
    let upper = mix(byte(start + first.y * columns + first.x), byte(start + first.y * columns + next.x), share.x);
    let lower = mix(byte(start + next.y * columns + first.x), byte(start + next.y * columns + next.x), share.x);
    return round(mix(upper, lower, share.y));
}

fn heat_color(mark: Mark, place: vec2i) -> vec4f {
    let area = u32(mark.size_x) * u32(mark.size_y);
    let entry = mark.first + 2u * area + 4u * u32(stretched(mark, 0u, place));
    let cover = byte(entry + 3u) * stretched(mark, area, place) / (255.0 * 255.0);
    return vec4f(vec3f(byte(entry), byte(entry + 1u), byte(entry + 2u)) / 255.0 * cover, cover);
}

@compute @workgroup_size(SIDE, SIDE)
fn main(
    @builtin(local_invocation_id) inside: vec3u,
    @builtin(workgroup_id) workgroup: vec3u,
    @builtin(local_invocation_index) own: u32,
) {
    let listed_tile = 32768u * workgroup.y + workgroup.x;
    if (listed_tile >= tiles[0]) {
        return;
    }
    let tile = SIDE * vec2u(tiles[1u + listed_tile] % 65536u, tiles[1u + listed_tile] / 65536u);
    let pixel = tile + inside.xy;
    let place = vec2i(pixel);
    let low = vec2f(tile);
    let high = low + f32(SIDE - 1u);
    let before = textureLoad(picture, min(place, vec2i(textureDimensions(picture)) - 1), 0);
    var color = before.rgb;
    let count = marks[0].count;
    for (var number = 1u; number <= count; number++) {
        let mark = marks[number];
        if (mark.kind == 0u || any(mark.box.zw < low) || any(mark.box.xy > high)) {
            continue;
        }
        var paint = vec4f(0.0);   // the color times what it covers, and that
        let ink = unpack4x8unorm(mark.color).rgb;
        if (mark.kind == LINES) {
            let cover = lines_cover(mark, place, low, high, own);
            paint = vec4f(ink * cover, cover);
        } else if (mark.kind == TRIANGLES) {
            paint = triangles_color(mark, place, low, high, own);
        } else if (all(vec2f(place) >= mark.box.xy) && all(vec2f(place) <= mark.box.zw)) {
            if (mark.kind == POLYGON) {
                let cover = polygon_covers(mark, place);
                paint = vec4f(ink * cover, cover);
            } else if (mark.kind == LETTERS) {
                let at = vec2u(vec2f(place) - mark.box.xy);
                let cover = byte(mark.first + at.y * mark.count + at.x) / 255.0;
                paint = vec4f(ink * cover, cover);
            } else if (mark.kind == HEAT) {
                paint = heat_color(mark, place);
            }
        }
        // Levels are whole after each mark, as on the CPU.
        color = round(255.0 * (color * (1.0 - paint.a * mark.share) + paint.rgb * mark.share)) / 255.0;
    }
    if (all(pixel < textureDimensions(picture))) {
        textureStore(drawn, pixel, vec4f(color, before.a));
    }
}
