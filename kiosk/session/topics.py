"""What residents can read about the network and its services before they ask for anything."""

from dataclasses import dataclass

TOPICS = ("network", "copy", "move", "card", "safety")
# Of which thing a topic says what it is called.
CALLED = {"network": "centre", "move": "card", "card": "card", "safety": "privacy"}


@dataclass(frozen=True)
class Names:
    """What things are called on `day` (YYYY-MM-DD): the last part of the words' keys, `names.KIND.*`."""

    day: str
    centre: str
    card: str
    privacy: str

    def called(self, topic: str) -> str:
        """The key of a topic's name, "" when it has none."""
        kind = CALLED.get(topic, "")
        return f"names.{kind}.{getattr(self, kind)}" if kind else ""


# Until a terminal says otherwise.
LATEST = Names("", "jlis", "my_number", "act")
