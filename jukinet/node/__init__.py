"""The node: what a municipality, a prefecture and the national centre run."""
