"""`attention-mesh study`: a test whether people take AR makeup for real."""
