"""How the two files came to be what they are. `register` and `issues` are histories of their own."""
