"""What may be logged of the traffic with a card, at a level of its own below DEBUG.

Of a command the data is told only where it names an application or a file: everything else may be a PIN or what is written about a
person. Of an answer only length and status are told: a card's files name people.
"""

from collections.abc import Sequence

from hardware.card.apdu import Ins

TRAFFIC = 5  # logging.DEBUG is 10
HEADER = 4


def command_line(command: Sequence[int]) -> str:
    """Builds no text of a PIN, not even for a moment."""
    head = " ".join(f"{byte:02X}" for byte in command[:HEADER])
    rest = len(command) - HEADER
    if rest <= 0:
        return f"> {head}"
    if rest > 1 and command[1] != Ins.SELECT:  # a single byte is Le
        return f"> {head} ({rest} bytes masked)"
    return f"> {head} " + " ".join(f"{byte:02X}" for byte in command[HEADER:])


def response_line(response: Sequence[int]) -> str:
    if len(response) < 2:
        return "< no answer"
    return f"< {len(response) - 2} bytes, SW={response[-2]:02X}{response[-1]:02X}"
