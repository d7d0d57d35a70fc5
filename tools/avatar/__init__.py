"""The sculptor of the built-in avatar."""
