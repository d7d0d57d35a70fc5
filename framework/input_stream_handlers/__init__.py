"""The policies that say when a node runs, one a file; `input_handlers` has them by name."""
