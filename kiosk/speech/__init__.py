"""A visit without seeing: what a view says, the clips it is said with, and the keys that answer it."""
