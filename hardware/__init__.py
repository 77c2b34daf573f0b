"""Drives devices: cards, printers, payment. Knows no resident, no screen, no network, no font."""
