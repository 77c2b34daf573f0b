"""Identity information for administrative bodies: the copy of it, who may ask what, the answer, and what is written down of it."""
