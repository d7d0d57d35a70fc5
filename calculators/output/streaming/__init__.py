"""What the nodes of this folder share: the chosen face, the common node, and the packets of each protocol."""
