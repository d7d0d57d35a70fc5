// Moves, scales and turns faces so that they agree with a reference face: geometry/face_alignment.py. A workgroup for
// each face.
//
// The rotation is the eigenvector of a symmetric matrix of the moments, as a quaternion, and its eigenvalue tells the
// scale: Horn, Closed-form solution of absolute orientation using unit quaternions, 1987.

override frame_width: f32;    // pixels
override frame_height: f32;
override landmarks: u32;
override center_x: f32;  // of the reference face, weighted
override center_y: f32;
override center_z: f32;
override spread: f32;    // the reference's weighted mean square distance from its center

@group(0) @binding(0) var<storage, read> points: array<f32>;     // (F, landmarks, 3), fractions of the frame
// (landmarks, 4): a landmark of the reference face from its center, times its share of the weights; that share.
@group(0) @binding(1) var<storage, read> shares: array<vec4f>;
@group(0) @binding(2) var<storage, read> offsets: array<f32>;    // (landmarks, 3): is subtracted from the result
@group(0) @binding(3) var<storage, read_write> aligned: array<f32>;  // (F, landmarks, 3), unit of the reference

const INVOCATIONS = 64u;
const SWEEPS = 8u;  // of the eigenvalue search, which converges quadratically

var<workgroup> sums: array<mat3x3f, INVOCATIONS>;
var<workgroup> means: array<vec3f, INVOCATIONS>;
var<workgroup> turn: mat3x3f;  // from the face to the reference, with the scale
var<workgroup> middle: vec3f;

// In pixels, right-handed: y up, z toward the viewer.
fn point_of(face: u32, landmark: u32) -> vec3f {
    let place = 3u * (face * landmarks + landmark);
    let size = vec2f(frame_width, frame_height);
    return vec3f(points[place] * size.x, -points[place + 1u] * size.y, -points[place + 2u] * size.x);
}

// The eigenvector of the largest eigenvalue of a symmetric matrix, and that value: Jacobi's method.
fn largest(given: mat4x4f) -> array<vec4f, 2> {
    var matrix = given;
    var vectors = mat4x4f(1.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 1.0);
    for (var sweep = 0u; sweep < SWEEPS; sweep++) {
        for (var p = 0u; p < 3u; p++) {
            for (var q = p + 1u; q < 4u; q++) {
                let off = matrix[q][p];
                if (abs(off) < 1e-20) {
                    continue;
                }
                let theta = (matrix[q][q] - matrix[p][p]) / (2.0 * off);
                let sign_of = select(-1.0, 1.0, theta >= 0.0);
                let tangent = sign_of / (abs(theta) + sqrt(theta * theta + 1.0));
                let cosine = 1.0 / sqrt(tangent * tangent + 1.0);
                let sine = tangent * cosine;
                for (var k = 0u; k < 4u; k++) {
                    let left = matrix[p][k];
                    let right = matrix[q][k];
                    matrix[p][k] = cosine * left - sine * right;
                    matrix[q][k] = sine * left + cosine * right;
                }
                for (var k = 0u; k < 4u; k++) {
                    let left = matrix[k][p];
                    let right = matrix[k][q];
                    matrix[k][p] = cosine * left - sine * right;
                    matrix[k][q] = sine * left + cosine * right;
                }
                for (var k = 0u; k < 4u; k++) {
                    let left = vectors[p][k];
                    let right = vectors[q][k];
                    vectors[p][k] = cosine * left - sine * right;
                    vectors[q][k] = sine * left + cosine * right;
                }
            }
        }
    }
    var best = 0u;
    for (var k = 1u; k < 4u; k++) {
        if (matrix[k][k] > matrix[best][best]) {
            best = k;
        }
    }
    return array<vec4f, 2>(vectors[best], vec4f(matrix[best][best]));
}

// s[a][b] is the moment of the reference's coordinate a and the face's coordinate b.
fn quaternion_matrix(s: mat3x3f) -> mat4x4f {
    let trace = s[0][0] + s[1][1] + s[2][2];
    let cross_x = s[1][2] - s[2][1];
    let cross_y = s[2][0] - s[0][2];
    let cross_z = s[0][1] - s[1][0];
    let xy = s[0][1] + s[1][0];
    let xz = s[0][2] + s[2][0];
    let yz = s[1][2] + s[2][1];
    return mat4x4f(
        trace, cross_x, cross_y, cross_z,
        cross_x, 2.0 * s[0][0] - trace, xy, xz,
        cross_y, xy, 2.0 * s[1][1] - trace, yz,
        cross_z, xz, yz, 2.0 * s[2][2] - trace,
    );
}

// Rows of the rotation from the reference to the face, which are the columns of its inverse.
fn inverse_rotation(q: vec4f) -> mat3x3f {
    let w = q[0];
    let v = q.yzw;
    return mat3x3f(
        1.0 - 2.0 * (v.y * v.y + v.z * v.z), 2.0 * (v.x * v.y - w * v.z), 2.0 * (v.x * v.z + w * v.y),
        2.0 * (v.x * v.y + w * v.z), 1.0 - 2.0 * (v.x * v.x + v.z * v.z), 2.0 * (v.y * v.z - w * v.x),
        2.0 * (v.x * v.z - w * v.y), 2.0 * (v.y * v.z + w * v.x), 1.0 - 2.0 * (v.x * v.x + v.y * v.y),
    );
}

@compute @workgroup_size(INVOCATIONS)
fn main(@builtin(local_invocation_index) own: u32, @builtin(workgroup_id) group: vec3u) {
    let face = group.x;
    let first = point_of(face, 0u);
    var mean = vec3f(0.0);
    var sum = mat3x3f();
    for (var landmark = own; landmark < landmarks; landmark += INVOCATIONS) {
        // From a landmark of the face, so that the numbers are small.
        let at = point_of(face, landmark) - first;
        let share = shares[landmark];
        mean += share.w * at;
        sum += mat3x3f(share.x * at, share.y * at, share.z * at);
    }
    means[own] = mean;
    sums[own] = sum;
    workgroupBarrier();
    if (own == 0u) {
        for (var other = 1u; other < INVOCATIONS; other++) {
            mean += means[other];
            sum += sums[other];
        }
        let found = largest(quaternion_matrix(sum));
        turn = (spread / found[1].x) * inverse_rotation(found[0]);
        middle = first + mean;
    }
    workgroupBarrier();
    for (var landmark = own; landmark < landmarks; landmark += INVOCATIONS) {
        let at = turn * (point_of(face, landmark) - middle) + vec3f(center_x, center_y, center_z);
        for (var axis = 0u; axis < 3u; axis++) {
            let place = 3u * (face * landmarks + landmark) + axis;
            aligned[place] = at[axis] - offsets[3u * landmark + axis];
        }
    }
}
