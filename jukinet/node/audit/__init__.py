"""The log nobody can quietly rewrite: a Merkle tree over entries that name no one."""
