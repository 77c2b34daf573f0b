"""What an administrative body runs: the client that asks the centre or a prefecture about one person, or about a file of them."""
