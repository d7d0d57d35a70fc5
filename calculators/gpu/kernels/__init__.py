"""What nodes of a GPU use: the service, and shaders with the classes that record them."""
