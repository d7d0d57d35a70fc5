// Runs a list of operations on tensors of any shape: arithmetic, reductions, products, slices, look-ups.
//
// An operation is a record of 64 words in the weights (tensor_operation.py writes it): for every element of a
// box of up to five axes, it reads up to three operands by strides, combines them, reduces the result over up
// to two further axes, and stores it by strides. A stride of 0 repeats an element, so that broadcasts, slices,
// transpositions, concatenations and matrix products all are such records.
//
// A list of several operations runs in one workgroup: each operation sees the results of those before it. A
// single operation may run in many.
//
// List n of a program is dispatched with n + 1 rows of workgroups, of which only the last one works, and the
// weights begin with a table of the lists. So the shader has no constants that differ, and drivers compile it
// once for all programs.

@group(0) @binding(0) var<storage, read_write> arena: array<f32>;
@group(0) @binding(1) var<storage, read> weights: array<u32>;

// Words of the weights: the elements of an item's part of the arena, then for each list the word at which it
// begins and the number of its operations.
const ITEM = 0u;
const LISTS = 1u;
const THREADS = 256u;

const RECORD = 64u;
// Words of a record.
const OPCODE = 0u;
const REDUCTION = 1u;  // 0 none, 1 sum, 2 maximum, 3 minimum, 4 product
const ACTIVATION = 2u; // 0 none, 1 ReLU, 2 ReLU6, 3 clamped to −1…1, 4 tanh
const ELEMENTS = 3u;
const SIZES = 4u;       // five axes
const REDUCED = 9u;     // sizes of two further axes
const FACTOR = 11u;     // of the reduction's result
const TARGET = 12u;     // element in the item's part, then five strides
const LOOK_UP_STEP = 18u; // elements between two entries of a table
const LOOK_UP_SIZE = 19u; // entries of the table
const OPERANDS = 20u;
const OPERAND = 9u; // words of one: source, element, five strides, two strides of reduced axes
const NONE = 0u;
const IN_ARENA = 1u;

@compute @workgroup_size(256)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>,
        @builtin(local_invocation_index) local: u32) {
  let list = groups.y - 1u;
  if (group.y < list) {
    return;
  }
  let item = group.z * weights[ITEM];
  let first = weights[LISTS + 2u * list];
  let count = weights[LISTS + 2u * list + 1u];
  for (var number = 0u; number < count; number++) {
    let record = first + number * RECORD;
    let elements = weights[record + ELEMENTS];
    for (var element = group.x * THREADS + local; element < elements; element += groups.x * THREADS) {
      run(record, item, element);
    }
    storageBarrier();
  }
}

fn word(place: u32) -> i32 {
  return bitcast<i32>(weights[place]);
}

fn run(record: u32, item: u32, element: u32) {
  let first = record + OPERANDS;
  let second = first + OPERAND;
  let third = second + OPERAND;
  var rest = element;
  var target_place = word(record + TARGET);
  var a_place = word(first + 1u);
  var b_place = word(second + 1u);
  var c_place = word(third + 1u);
  // The last axes are the ones in use; the product of the sizes before them is one.
  for (var axis = 5u; axis > 0u && rest > 0u; axis--) {
    let size = weights[record + SIZES + axis - 1u];
    let index = i32(rest % size);
    rest /= size;
    target_place += index * word(record + TARGET + axis);
    a_place += index * word(first + 1u + axis);
    b_place += index * word(second + 1u + axis);
    c_place += index * word(third + 1u + axis);
  }
  let places = vec3<i32>(a_place, b_place, c_place);
  let reduction = weights[record + REDUCTION];
  var result = combined(record, item, places, 0, 0);
  if (reduction != 0u) {
    result = reduced(record, item, places, reduction, result);
    if (weights[third] != NONE) {
      result += operand_value(third, item, c_place, 0, 0);
    }
  }
  arena[item + u32(target_place)] = activated(result, weights[record + ACTIVATION]);
}

fn reduced(record: u32, item: u32, places: vec3<i32>, reduction: u32, start: f32) -> f32 {
  var result = start;
  let outer = weights[record + REDUCED];
  let inner = weights[record + REDUCED + 1u];
  for (var row = 0u; row < outer; row++) {
    for (var column = select(0u, 1u, row == 0u); column < inner; column++) {
      let value = combined(record, item, places, i32(row), i32(column));
      switch reduction {
        case 1u { result += value; }
        case 2u { result = max(result, value); }
        case 3u { result = min(result, value); }
        default { result *= value; }
      }
    }
  }
  return result * bitcast<f32>(weights[record + FACTOR]);
}

fn operand_value(operand: u32, item: u32, place: i32, row: i32, column: i32) -> f32 {
  let at = place + row * word(operand + 7u) + column * word(operand + 8u);
  if (weights[operand] == IN_ARENA) {
    return arena[item + u32(at)];
  }
  return bitcast<f32>(weights[u32(at)]);
}

fn combined(record: u32, item: u32, places: vec3<i32>, row: i32, column: i32) -> f32 {
  let first = record + OPERANDS;
  let second = first + OPERAND;
  var b = 0.0;
  if (weights[second] != NONE) {
    b = operand_value(second, item, places.y, row, column);
  }
  let opcode = weights[record + OPCODE];
  if (opcode == 1u) { // a look-up: the second operand says which entry of the table that the first one begins
    let entry = clamp(i32(b), 0, word(record + LOOK_UP_SIZE) - 1);
    return operand_value(first, item, places.x + entry * word(record + LOOK_UP_STEP), row, column);
  }
  let a = operand_value(first, item, places.x, row, column);
  switch opcode {
    case 0u { return a; }
    case 2u { return a + b; }
    case 3u { return a - b; }
    case 4u { return a * b; }
    case 5u { return a / b; }
    case 6u { return max(a, b); }
    case 7u { return min(a, b); }
    case 8u { return (a - b) * (a - b); }
    case 9u { return pow(a, b); }
    case 10u { return select(0.0, 1.0, a < b); }
    case 11u { return select(0.0, 1.0, a <= b); }
    case 12u { return select(0.0, 1.0, a == b); }
    case 13u { // one of two by a condition
      return select(operand_value(first + 2u * OPERAND, item, places.z, row, column), b, a != 0.0);
    }
    case 14u { return select(a, a * b, a < 0.0); } // PReLU
    case 15u { return select(a * b, a, a > a * b); } // leaky ReLU
    case 20u { return -a; }
    case 21u { return abs(a); }
    case 22u { return a * a; }
    case 23u { return sqrt(a); }
    case 24u { return inverseSqrt(a); }
    case 25u { return floor(a); }
    case 26u { return ceil(a); }
    case 27u { return exp(a); }
    case 28u { return log(a); }
    case 29u { return sin(a); }
    case 30u { return cos(a); }
    case 31u { return tanh(clamp(a, -15.0, 15.0)); }
    case 32u { return 1.0 / (1.0 + exp(-a)); }
    case 33u { return trunc(a); }
    case 34u { return a * clamp(a / 6.0 + 0.5, 0.0, 1.0); } // hard swish
    case 35u { return select(exp(a) - 1.0, a, a > 0.0); }   // ELU
    case 36u { return round(a); }
    default { return 0.0; }
  }
}

fn activated(value: f32, activation: u32) -> f32 {
  switch activation {
    case 1u { return max(value, 0.0); }
    case 2u { return clamp(value, 0.0, 6.0); }
    case 3u { return clamp(value, -1.0, 1.0); }
    case 4u { return tanh(clamp(value, -15.0, 15.0)); }
    default { return value; }
  }
}
