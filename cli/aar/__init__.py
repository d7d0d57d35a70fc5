"""`attention-mesh aar`: the Android archive, what it is built from and what goes into it."""
