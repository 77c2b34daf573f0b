"""The same devices at the lowest wire: a card that answers APDU bytes, a printer that eats ESC/POS bytes.

Two sides that never mix: the wire, which is all a driver sees, and the operator's hands (insert, pull, tear, refill, jam), which
bench, tests and demo use at any moment.
"""
