"""What the nodes that draw one layer over faces share."""
