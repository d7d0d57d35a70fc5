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
// The weights begin with a table of the lists, and a dispatch's parameter says which one it runs. So the shader
// has few constants that differ: which kinds of operations a list contains. Software adapters calculate all cases of a switch, and every side of an if.

@group(0) @binding(0) var<storage, read_write> arena: array<f32>;
@group(0) @binding(1) var<storage, read> weights: array<u32>;
@group(1) @binding(0) var<uniform> dispatch: Parameters;

struct Parameters {
  list: u32,
}

// Words of the weights: the elements of an item's part of the arena, then for each list the word at which it
// begins and the number of its operations.
const ITEM = 0u;
const LISTS = 1u;
const THREADS = 256u;

override REDUCES: bool = true; // whether a record has a reduction
override LEVEL: u32 = 2u;      // 0 all are copies and look-ups, 1 some are arithmetic, 2 or functions

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
const FIRST_AXIS = 47u; // of the five, the first whose size is not one
const AXES = 5u;
const FUNCTIONS = 40u; // the first opcode of those that take long
const NONE = 0u;
const IN_ARENA = 1u;

// The record at hand. It is read once, and then serves all elements that an invocation calculates.
var<private> opcode: u32;
var<private> reduction: u32;
var<private> activation: u32;
var<private> first_axis: u32;
var<private> first: vec4<i32>;               // where the box begins: in the target and in the three operands
var<private> reduced_sizes: vec2<u32>;
var<private> reduced_strides: array<vec3<i32>, 2>; // of the operands
var<private> sources: vec3<u32>;             // NONE, IN_ARENA, or in the weights

@compute @workgroup_size(256)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>,
        @builtin(local_invocation_index) local: u32) {
  let list = dispatch.list;
  let item = group.z * weights[ITEM];
  let first_record = weights[LISTS + 2u * list];
  let count = weights[LISTS + 2u * list + 1u];
  for (var number = 0u; number < count; number++) {
    let record = first_record + number * RECORD;
    run(record, item, group.x * THREADS + local, groups.x * THREADS);
    storageBarrier();
  }
}

fn word(place: u32) -> i32 {
  return bitcast<i32>(weights[place]);
}

fn run(record: u32, item: u32, start: u32, step: u32) {
  let elements = weights[record + ELEMENTS];
  if (start >= elements) {
    return;
  }
  read_record(record);
  for (var element = start; element < elements; element += step) {
    let places = places_of(record, element);
    var result = 0.0;
    if (REDUCES) {
      result = reduced(record, item, places.yzw);
      if (reduction != 0u && sources.z != NONE) {
        result += operand_value(sources.z, item, places.w);
      }
    } else {
      result = combined(record, item, places.yzw);
    }
    arena[item + u32(places.x)] = activated(result);
  }
}

fn read_record(record: u32) {
  let a = record + OPERANDS;
  let b = a + OPERAND;
  let c = b + OPERAND;
  opcode = weights[record + OPCODE];
  reduction = weights[record + REDUCTION];
  activation = weights[record + ACTIVATION];
  sources = vec3<u32>(weights[a], weights[b], weights[c]);
  first = vec4<i32>(word(record + TARGET), word(a + 1u), word(b + 1u), word(c + 1u));
  first_axis = weights[record + FIRST_AXIS];
  if (REDUCES) { // the sizes are one and the factor is one if nothing is reduced
    reduced_sizes = vec2<u32>(weights[record + REDUCED], weights[record + REDUCED + 1u]);
    reduced_strides[0] = vec3<i32>(word(a + 7u), word(b + 7u), word(c + 7u));
    reduced_strides[1] = vec3<i32>(word(a + 8u), word(b + 8u), word(c + 8u));
  }
}

// Where an element of the box lies: in the target and in the three operands. The sizes and strides of the axes
// are read for each element: with five axes in variables, software adapters take 90 ms longer to compile this.
fn places_of(record: u32, element: u32) -> vec4<i32> {
  var places = first;
  var rest = element;
  for (var axis = AXES; axis > first_axis;) {
    axis--;
    let size = weights[record + SIZES + axis];
    let operand = record + OPERANDS + 2u + axis;
    let quotient = rest / size;
    places += i32(rest - quotient * size) * vec4<i32>(
      word(record + TARGET + 1u + axis), word(operand), word(operand + OPERAND), word(operand + 2u * OPERAND)
    );
    rest = quotient;
  }
  return places;
}

fn reduced(record: u32, item: u32, places: vec3<i32>) -> f32 {
  var result = 0.0;
  for (var row = 0u; row < reduced_sizes.x; row++) {
    var at = places + i32(row) * reduced_strides[0];
    for (var column = 0u; column < reduced_sizes.y; column++) {
      let value = combined(record, item, at);
      if (row + column == 0u) {
        result = value;
      } else {
        switch reduction {
          case 1u { result += value; }
          case 2u { result = max(result, value); }
          case 3u { result = min(result, value); }
          default { result *= value; }
        }
      }
      at += reduced_strides[1];
    }
  }
  return result * bitcast<f32>(weights[record + FACTOR]);
}

fn operand_value(source: u32, item: u32, place: i32) -> f32 {
  if (source == IN_ARENA) {
    return arena[item + u32(place)];
  }
  return bitcast<f32>(weights[u32(place)]);
}

fn combined(record: u32, item: u32, places: vec3<i32>) -> f32 {
  var b = 0.0;
  if (sources.y != NONE) {
    b = operand_value(sources.y, item, places.y);
  }
  var place = places.x;
  if (opcode == 1u) { // a look-up: the second operand says which entry of the table that the first one begins
    place += clamp(i32(b), 0, word(record + LOOK_UP_SIZE) - 1) * word(record + LOOK_UP_STEP);
  }
  let a = operand_value(sources.x, item, place);
  if (LEVEL == 0u || opcode <= 1u) {
    return a;
  }
  if (LEVEL == 2u && opcode >= FUNCTIONS) {
    return function_of(a, b);
  }
  if (opcode == 13u) { // one of two by a condition
    return select(operand_value(sources.z, item, places.z), b, a != 0.0);
  }
  return arithmetic(a, b);
}

fn arithmetic(a: f32, b: f32) -> f32 {
  switch opcode {
    case 2u { return a + b; }
    case 3u { return a - b; }
    case 4u { return a * b; }
    case 5u { return a / b; }
    case 6u { return max(a, b); }
    case 7u { return min(a, b); }
    case 8u { return (a - b) * (a - b); }
    case 10u { return select(0.0, 1.0, a < b); }
    case 11u { return select(0.0, 1.0, a <= b); }
    case 12u { return select(0.0, 1.0, a == b); }
    case 14u { return select(a, a * b, a < 0.0); } // PReLU
    case 15u { return select(a * b, a, a > a * b); } // leaky ReLU
    case 20u { return -a; }
    case 21u { return abs(a); }
    case 22u { return a * a; }
    case 25u { return floor(a); }
    case 26u { return ceil(a); }
    case 33u { return trunc(a); }
    case 34u { return a * clamp(a / 6.0 + 0.5, 0.0, 1.0); } // hard swish
    case 36u { return round(a); }
    default { return 0.0; }
  }
}

fn function_of(a: f32, b: f32) -> f32 {
  switch opcode {
    case 40u { return pow(a, b); }
    case 41u { return sqrt(a); }
    case 42u { return inverseSqrt(a); }
    case 43u { return exp(a); }
    case 44u { return log(a); }
    case 45u { return sin(a); }
    case 46u { return cos(a); }
    case 47u { return tanh(clamp(a, -15.0, 15.0)); }
    case 48u { return 1.0 / (1.0 + exp(-a)); }
    case 49u { return select(exp(a) - 1.0, a, a > 0.0); } // ELU
    default { return 0.0; }
  }
}

fn activated(value: f32) -> f32 {
  if (LEVEL == 2u && activation == 4u) {
    return tanh(clamp(value, -15.0, 15.0));
  }
  switch activation {
    case 1u { return max(value, 0.0); }
    case 2u { return clamp(value, 0.0, 6.0); }
    case 3u { return clamp(value, -1.0, 1.0); }
    default { return value; }
  }
}
