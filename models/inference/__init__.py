"""Networks that take landmarks instead of pictures, as a program runs them: without Keras."""
