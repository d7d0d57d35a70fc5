// The colors of a picture in the bytes of a camera or a decoder: RawPicture.to_rgb of media/raw_picture.py. Part of the
// shaders `raw_picture` and `crop`.

override format: u32;   // its place in RAW_FORMATS
override columns: u32;
override rows: u32;
override row: u32;      // bytes from a row to the next, of the first plane
override second_at: u32 = 0u;   // where the second plane begins, bytes
override third_at: u32 = 0u;
override half_row: u32 = 0u;    // bytes from a row to the next, of the second plane and the third
override third_row: u32 = 0u;
override black: f32 = 0.0;      // luma
override step: f32 = 1.0;       // what a step of luma adds to red, green and blue
override red_of_red: f32 = 0.0;      // what a step of the difference of red adds to red, and so on
override green_of_blue: f32 = 0.0;
override green_of_red: f32 = 0.0;
override blue_of_blue: f32 = 0.0;

const GRAY = 0u;
const RGB = 1u;
const BGR = 2u;
const RGBA = 3u;
const BGRA = 4u;
const YUY2 = 5u;
const NV12 = 6u;

@group(0) @binding(0) var<storage, read> words: array<u32>;

fn picture_size() -> vec2i {
    return vec2i(vec2u(columns, rows));
}

fn byte(place: u32) -> f32 {
    return f32((words[place >> 2u] >> (8u * (place & 3u))) & 255u);
}

fn of_luma(luma: f32, blue: f32, red: f32) -> vec3f {
    let chroma = vec2f(blue, red) - 128.0;
    let added = vec3f(
        red_of_red * chroma.y,
        green_of_blue * chroma.x + green_of_red * chroma.y,
        blue_of_blue * chroma.x,
    );
    return clamp(floor((luma - black) * step + added + 0.5), vec3f(0.0), vec3f(255.0));
}

// Of the pixel at a column and a row: red, green, blue and alpha, gray levels.
fn color(at: vec2u) -> vec4f {
    let line = row * at.y;
    let half_at = at / 2u;
    switch format {
        case GRAY: {
            return vec4f(vec3f(byte(line + at.x)), 255.0);
        }
        case RGB, BGR: {
            let first = line + 3u * at.x;
            let read = vec3f(byte(first), byte(first + 1u), byte(first + 2u));
            return vec4f(select(read, read.bgr, format == BGR), 255.0);
        }
        case RGBA, BGRA: {
            let read = 255.0 * unpack4x8unorm(words[(line + 4u * at.x) >> 2u]);
            return select(read, read.bgra, format == BGRA);
        }
        case YUY2: {
            let first = line + 4u * half_at.x;
            return vec4f(of_luma(byte(first + 2u * (at.x & 1u)), byte(first + 1u), byte(first + 3u)), 255.0);
        }
        case NV12: {
            let first = second_at + half_row * half_at.y + 2u * half_at.x;
            return vec4f(of_luma(byte(line + at.x), byte(first), byte(first + 1u)), 255.0);
        }
        default: {  // I420
            let blue = byte(second_at + half_row * half_at.y + half_at.x);
            let red = byte(third_at + third_row * half_at.y + half_at.x);
            return vec4f(of_luma(byte(line + at.x), blue, red), 255.0);
        }
    }
}
