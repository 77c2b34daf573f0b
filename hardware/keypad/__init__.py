"""Keys that are found by touch, and whether somebody listens by headphones."""
