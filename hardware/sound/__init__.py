"""The terminal's voice: samples to a sound card."""
