"""What a run writes: tables of landmarks, videos, pictures and folders of pictures."""
