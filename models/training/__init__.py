"""Training: labeled faces, augmented batches, losses, and the run from a config to a network."""
