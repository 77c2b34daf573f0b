"""What may be logged of the traffic with a card, at a level of its own below DEBUG.

The data of commands that carry a PIN is masked, and of answers only length and status are told: a card's files name people.
"""

from collections.abc import Sequence

from hardware.card.apdu import CARRIES_PIN

TRAFFIC = 5  # logging.DEBUG is 10
HEADER = 4


def command_line(command: Sequence[int]) -> str:
    """Builds no text of a PIN, not even for a moment."""
    head = " ".join(f"{byte:02X}" for byte in command[:HEADER])
    rest = len(command) - HEADER
    if rest <= 0:
        return f"> {head}"
    if len(command) > 1 and command[1] in CARRIES_PIN:
        return f"> {head} ({rest} bytes masked)"
    return f"> {head} " + " ".join(f"{byte:02X}" for byte in command[HEADER:])


def response_line(response: Sequence[int]) -> str:
    if len(response) < 2:
        return "< no answer"
    return f"< {len(response) - 2} bytes, SW={response[-2]:02X}{response[-1]:02X}"
