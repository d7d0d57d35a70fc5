"""How good networks are, against known landmarks and against each other."""
