"""Moves by card (転入転出の特例): the old town, the new town, and what passes between them. Manual: docs/moves.md."""
