"""`attention-mesh dataset`: the faces of many films and photos as one table."""
