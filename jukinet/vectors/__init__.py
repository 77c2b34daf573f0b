"""Conformance vectors, made with the program's own means. `files` writes them."""
