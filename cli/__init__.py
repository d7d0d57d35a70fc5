"""The command line program `attention-mesh`."""
