"""The command `attention-mesh puppet`: faces move avatars, here and in other programs."""
