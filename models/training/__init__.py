"""What the networks are trained on, and how."""
