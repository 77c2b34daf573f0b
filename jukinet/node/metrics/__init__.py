"""A node's figures for those who watch over it: counted while it works, read when asked, shown on a listener of their own."""
