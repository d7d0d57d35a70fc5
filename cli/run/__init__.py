"""The command `attention-mesh run`: from sources through a graph to outputs."""
