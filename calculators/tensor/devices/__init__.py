"""Where a network runs: on the CPU or on a GPU."""
