"""Index tables of the face mesh, in data files, and the classes that read them."""
