// The regions of a frame: those that are tracked, each in its slot, and detected ones in the slots that are free.
// The rules are those of TrackAssociation of geometry/track_association.py.

override slots: u32;             // at most MOST
override detections: u32;        // at most MOST
override min_similarity: f32;
override moving_similarity: f32;
override still_similarity: f32;
override recovery_similarity: f32;
override recovery_us: u32;
override max_lag_turn: f32;      // radians

const MOST = 64u;
const MOST_LOST = 64u;
const TURN = 6.283185307179586;

@group(0) @binding(0) var<storage, read> tracked: array<f32>;    // (slots, 8), see face_rows.py
@group(0) @binding(1) var<storage, read> detected: array<f32>;   // (detections, 8), best first
@group(0) @binding(2) var<storage, read> last: array<f32>;       // (slots, 8): the regions of the last frame
@group(0) @binding(3) var<storage, read> interval_us: array<u32>;  // (1): since the last frame
// The id of the last new face, the number of lost faces; then of each, oldest first: x_center, y_center, width, height
// in pixels, id, and the microseconds since its last frame.
@group(0) @binding(4) var<storage, read_write> memory: array<u32>;
@group(0) @binding(5) var<storage, read_write> regions: array<f32>;  // (slots, 8)

const LOST_ROW = 6u;

// Sets of up to 64 numbers. Arrays of bool would be memory, and software adapters compile them for half a second.
var<private> is_new: vec2u;   // detected regions: whether each is a face of its own
var<private> first_taken: vec2u;
var<private> second_taken: vec2u;

fn bit(number: u32) -> vec2u {
    let low = 1u << (number & 31u);
    return select(vec2u(0u, low), vec2u(low, 0u), number < 32u);
}

fn has(numbers: vec2u, number: u32) -> bool {
    return any((numbers & bit(number)) != vec2u(0u));
}

fn overlap(one: vec4f, other: vec4f) -> f32 {
    let apart = abs(one.xy - other.xy);
    let sides = max(min(0.5 * (one.zw + other.zw) - apart, min(one.zw, other.zw)), vec2f(0.0));
    let both = sides.x * sides.y;
    return select(0.0, both / (one.z * one.w + other.z * other.w - both), both > 0.0);
}

fn detection(row: u32) -> vec4f {
    let at = 8u * row;
    return vec4f(detected[at], detected[at + 1u], detected[at + 2u], detected[at + 3u]);
}

fn region(slot: u32) -> vec4f {
    let at = 8u * slot;
    return vec4f(regions[at], regions[at + 1u], regions[at + 2u], regions[at + 3u]);
}

fn lost_at(place: u32) -> u32 {
    return 2u + LOST_ROW * place;
}

fn lost(place: u32) -> vec4f {
    let at = lost_at(place);
    return bitcast<vec4f>(vec4u(memory[at], memory[at + 1u], memory[at + 2u], memory[at + 3u]));
}

fn is_taken(slot: u32) -> bool {
    return regions[8u * slot + 5u] > 0.0;
}

fn clear(slot: u32) {
    for (var column = 0u; column < 8u; column++) {
        regions[8u * slot + column] = 0.0;
    }
}

// A tracked region that lags behind its face gets the detected one's place.
fn follow() {
    first_taken = vec2u(0u);
    second_taken = vec2u(0u);
    loop {
        var most = moving_similarity;
        var row = MOST;
        var slot = MOST;
        for (var each = 0u; each < detections; each++) {
            if (!has(is_new, each) || has(first_taken, each)) {
                continue;
            }
            for (var other = 0u; other < slots; other++) {
                if (is_taken(other) && !has(second_taken, other)) {
                    let similarity = overlap(detection(each), region(other));
                    if (similarity > most) {
                        most = similarity;
                        row = each;
                        slot = other;
                    }
                }
            }
        }
        if (row == MOST) {
            break;
        }
        first_taken |= bit(row);
        second_taken |= bit(slot);
        if (most <= still_similarity) {
            is_new &= ~bit(row);
            let gap = abs(detected[8u * row + 4u] - regions[8u * slot + 4u]) % TURN;
            if (min(gap, TURN - gap) <= max_lag_turn) {
                for (var column = 0u; column < 5u; column++) {
                    regions[8u * slot + column] = detected[8u * row + column];
                }
            }
        }
    }
}

// Of regions that overlap, the later one stays; tracked ones come after detected ones.
fn associate() {
    for (var later = 1u; later < detections; later++) {
        if (!has(is_new, later)) {
            continue;
        }
        for (var row = 0u; row < later; row++) {
            if (has(is_new, row) && overlap(detection(row), detection(later)) > min_similarity) {
                is_new &= ~bit(row);
            }
        }
    }
    for (var later = 0u; later < slots; later++) {
        if (!is_taken(later)) {
            continue;
        }
        for (var row = 0u; row < detections; row++) {
            if (has(is_new, row) && overlap(detection(row), region(later)) > min_similarity) {
                is_new &= ~bit(row);
            }
        }
        for (var slot = 0u; slot < later; slot++) {
            if (is_taken(slot) && overlap(region(slot), region(later)) > min_similarity) {
                regions[8u * later + 6u] = regions[8u * slot + 6u];
                clear(slot);
            }
        }
    }
}

fn is_among(id: f32, is_in_tracked: bool) -> bool {
    for (var slot = 0u; slot < slots; slot++) {
        let at = 8u * slot;
        if (is_in_tracked && tracked[at + 5u] > 0.0 && tracked[at + 6u] == id) {
            return true;
        }
        if (!is_in_tracked && is_taken(slot) && regions[at + 6u] == id) {
            return true;
        }
    }
    return false;
}

fn forget(place: u32) {
    for (var word = lost_at(place); word < lost_at(memory[1] - 1u); word++) {
        memory[word] = memory[word + LOST_ROW];
    }
    memory[1] -= 1u;
}

// Faces of the last frame that are no longer tracked are lost; after a time they are forgotten.
fn remember_lost() {
    let passed = interval_us[0];
    for (var place = 0u; place < memory[1]; place++) {
        memory[lost_at(place) + 5u] += min(passed, 0xffffffffu - memory[lost_at(place) + 5u]);
    }
    for (var slot = 0u; slot < slots; slot++) {
        let at = 8u * slot;
        if (last[at + 5u] <= 0.0 || is_among(last[at + 6u], true)) {
            continue;
        }
        if (memory[1] == MOST_LOST) {
            forget(0u);
        }
        let entry = lost_at(memory[1]);
        for (var column = 0u; column < 4u; column++) {
            memory[entry + column] = bitcast<u32>(last[at + column]);
        }
        memory[entry + 4u] = u32(last[at + 6u]);
        memory[entry + 5u] = passed;
        memory[1] += 1u;
    }
    for (var place = 0u; place < memory[1];) {
        if (memory[lost_at(place) + 5u] > recovery_us) {
            forget(place);
        } else {
            place++;
        }
    }
}

// New faces go into free slots. Those near the place of a lost one get its id, the others a new one.
fn add_new() {
    var added = 0u;
    var row = 0u;
    first_taken = ~vec2u(0u);
    for (var slot = 0u; slot < slots; slot++) {
        if (is_taken(slot)) {
            continue;
        }
        while (row < detections && !has(is_new, row)) {
            row++;
        }
        if (row == detections) {
            continue;
        }
        for (var column = 0u; column < 8u; column++) {
            regions[8u * slot + column] = detected[8u * row + column];
        }
        regions[8u * slot + 6u] = 0.0;
        first_taken &= ~bit(slot);
        row++;
        added++;
    }
    if (added == 0u) {
        return;
    }
    second_taken = vec2u(0u);
    loop {
        var most = recovery_similarity;
        var slot = MOST;
        var found = MOST_LOST;
        for (var each = 0u; each < slots; each++) {
            for (var place = 0u; place < memory[1]; place++) {
                if (!has(first_taken, each) && !has(second_taken, place)) {
                    let similarity = overlap(region(each), lost(place));
                    if (similarity > most) {
                        most = similarity;
                        slot = each;
                        found = place;
                    }
                }
            }
        }
        if (slot == MOST) {
            break;
        }
        first_taken |= bit(slot);
        second_taken |= bit(found);
        regions[8u * slot + 6u] = f32(memory[lost_at(found) + 4u]);
    }
    for (var place = 0u; place < memory[1];) {
        if (is_among(f32(memory[lost_at(place) + 4u]), false)) {
            forget(place);
        } else {
            place++;
        }
    }
    for (var slot = 0u; slot < slots; slot++) {
        if (!has(first_taken, slot)) {
            memory[0] += 1u;
            regions[8u * slot + 6u] = f32(memory[0]);
        }
    }
}

@compute @workgroup_size(1)
fn main() {
    for (var number = 0u; number < 8u * slots; number++) {
        regions[number] = tracked[number];
    }
    for (var row = 0u; row < detections; row++) {
        if (detected[8u * row + 5u] > 0.0) {
            is_new |= bit(row);
        }
    }
    follow();
    associate();
    remember_lost();
    add_new();
}
