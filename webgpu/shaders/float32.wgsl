// Put before every shader of a program that stores activations and weights as 32-bit floats.
alias real = f32;
alias real4 = vec4<f32>;
alias real4x4 = mat4x4<f32>;
