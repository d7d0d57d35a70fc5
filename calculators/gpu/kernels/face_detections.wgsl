// Face regions from the outputs of a face detector: decoding, weighted non-maximum suppression, and the rotated
// square around each face. The CPU's: geometry/detection_decoding.py, weighted_non_max_suppression, and
// detections_to_rects with transform_rects of geometry/regions_of_interest.py.
//
// One workgroup does all, because each group of boxes waits for the one before. Its invocations share the anchors.

override anchors: u32;          // number of anchors
override most: u32;             // rows of the result
override input_size: f32;       // side of the network's input, pixels
override min_score: f32 = 0.5;
override max_overlap: f32 = 0.3;
override scale: f32 = 1.5;      // side of the region over the longer side of the box

// (anchors, 16): center, size, and six key points, relative to the anchor, in pixels of the input.
@group(0) @binding(0) var<storage, read> boxes: array<f32>;
// (anchors): logits.
@group(0) @binding(1) var<storage, read> logits: array<f32>;
// (anchors, 4): center and size as fractions of the input.
@group(0) @binding(2) var<storage, read> anchor_boxes: array<f32>;
// Two rows of three numbers: from fractions of the input to pixels of the frame, upright.
@group(0) @binding(3) var<storage, read> to_frame: array<f32>;
// (most, 8): see face_rows.py.
@group(0) @binding(4) var<storage, read_write> rows: array<f32>;
// (1): 0 if the network did not run, so that its outputs are old.
@group(0) @binding(5) var<storage, read> ran: array<u32>;

const INVOCATIONS = 64u;
const MOST_ANCHORS = 2304u;
const SUMS = 9u;  // weight, box (4), right eye (2), left eye (2)

var<workgroup> scores: array<f32, MOST_ANCHORS>;  // 0 of what is suppressed
var<workgroup> best_scores: array<f32, INVOCATIONS>;
var<workgroup> best_places: array<u32, INVOCATIONS>;
var<workgroup> sums: array<f32, 576>;  // INVOCATIONS * SUMS

// A pair of numbers of an anchor, as fractions of the input; pair 0 is the center, 2 and 3 are the eyes.
fn pair(place: u32, number: u32) -> vec2f {
    let raw = vec2f(boxes[16u * place + 2u * number], boxes[16u * place + 2u * number + 1u]) / input_size;
    let size = vec2f(anchor_boxes[4u * place + 2u], anchor_boxes[4u * place + 3u]);
    let center = vec2f(anchor_boxes[4u * place], anchor_boxes[4u * place + 1u]);
    return raw * size + select(center, vec2f(0.0), number == 1u);
}

// xmin, ymin, width, height
fn box(place: u32) -> vec4f {
    let size = pair(place, 1u);
    return vec4f(pair(place, 0u) - 0.5 * size, size);
}

fn overlap(first: vec4f, second: vec4f) -> f32 {
    let sides = max(min(first.xy + first.zw, second.xy + second.zw) - max(first.xy, second.xy), vec2f(0.0));
    let both = sides.x * sides.y;
    let area = first.z * first.w + second.z * second.w - both;
    return select(0.0, both / area, area > 0.0);
}

fn in_frame(point: vec2f) -> vec2f {
    return vec2f(dot(vec2f(to_frame[0], to_frame[1]), point) + to_frame[2],
                 dot(vec2f(to_frame[3], to_frame[4]), point) + to_frame[5]);
}

@compute @workgroup_size(INVOCATIONS)
fn main(@builtin(local_invocation_index) own: u32) {
    for (var place = own; place < anchors; place += INVOCATIONS) {
        let score = 1.0 / (1.0 + exp(-clamp(logits[place], -100.0, 100.0)));
        let size = pair(place, 1u);
        // A network may predict boxes of negative size, which are left out.
        let counts = ran[0] > 0u && score >= min_score && size.x >= 0.0 && size.y >= 0.0;
        scores[place] = select(0.0, score, counts);
    }
    for (var number = own; number < 8u * most; number += INVOCATIONS) {
        rows[number] = 0.0;
    }
    workgroupBarrier();
    for (var row = 0u; row < most; row++) {
        // The best of those that are left; of equal ones the first.
        var best_score = 0.0;
        var best_place = 0u;
        for (var place = own; place < anchors; place += INVOCATIONS) {
            if (scores[place] > best_score) {
                best_score = scores[place];
                best_place = place;
            }
        }
        best_scores[own] = best_score;
        best_places[own] = best_place;
        workgroupBarrier();
        best_score = best_scores[0];
        best_place = best_places[0];
        for (var other = 1u; other < INVOCATIONS; other++) {
            let is_first = best_scores[other] == best_score && best_places[other] < best_place;
            if (best_scores[other] > best_score || is_first) {
                best_score = best_scores[other];
                best_place = best_places[other];
            }
        }
        let best_box = box(best_place);
        var sum = array<f32, SUMS>();
        if (best_score > 0.0) {
            for (var place = own; place < anchors; place += INVOCATIONS) {
                let weight = scores[place];
                let each = box(place);
                if (weight > 0.0 && (place == best_place || overlap(best_box, each) > max_overlap)) {
                    scores[place] = 0.0;
                    let right = pair(place, 2u);
                    let left = pair(place, 3u);
                    sum[0] += weight;
                    for (var axis = 0u; axis < 4u; axis++) {
                        sum[1u + axis] += weight * each[axis];
                    }
                    for (var axis = 0u; axis < 2u; axis++) {
                        sum[5u + axis] += weight * right[axis];
                        sum[7u + axis] += weight * left[axis];
                    }
                }
            }
        }
        for (var number = 0u; number < SUMS; number++) {
            sums[SUMS * own + number] = sum[number];
        }
        workgroupBarrier();
        if (own == 0u && best_score > 0.0) {
            for (var other = 1u; other < INVOCATIONS; other++) {
                for (var number = 0u; number < SUMS; number++) {
                    sum[number] += sums[SUMS * other + number];
                }
            }
            let size = vec2f(sum[3], sum[4]) / sum[0];
            let center = in_frame(vec2f(sum[1], sum[2]) / sum[0] + 0.5 * size);
            let eyes = in_frame(vec2f(sum[7], sum[8]) / sum[0]) - in_frame(vec2f(sum[5], sum[6]) / sum[0]);
            let sides = abs(in_frame(size) - in_frame(vec2f(0.0)));
            let side = scale * max(sides.x, sides.y);
            rows[8u * row] = center.x;
            rows[8u * row + 1u] = center.y;
            rows[8u * row + 2u] = side;
            rows[8u * row + 3u] = side;
            rows[8u * row + 4u] = atan2(eyes.y, eyes.x);
            rows[8u * row + 5u] = best_score;
        }
        workgroupBarrier();
    }
}
