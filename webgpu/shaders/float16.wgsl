// Put before the shaders of a program that store activations and weights as 16-bit floats, and calculate so.
enable f16;
alias real = f16;
alias real4 = vec4<f16>;
alias real4x4 = mat4x4<f16>;
