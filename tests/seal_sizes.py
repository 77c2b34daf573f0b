"""How large the digital seal of each sample is, and what makes it so: `.venv/bin/python -m tests.seal_sizes`; figures in docs/decisions."""

import time
import zlib
from bisect import bisect_left
from dataclasses import replace
from random import Random

import cbor2
import msgspec

from jukinet.seal import characters, payload_of, words
from jukinet.seal_facts import Facts, encode, tiers
from tests.seals import ANSWERS, answer_facts

# Alphanumeric characters that versions 1 to 25 hold at level M (ISO/IEC 18004:2015, table 7).
CAPACITY = (
    *(20, 38, 61, 90, 122, 154, 178, 221, 262, 311, 366, 419, 483, 528, 600, 656, 734, 816, 909, 970),
    *(1035, 1134, 1248, 1326, 1451),
)


def deflated(data: bytes, before: bytes = b"") -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, -15, 9, zlib.Z_DEFAULT_STRATEGY, before)
    return packer.compress(data) + packer.flush()


def code(payload: bytes) -> str:
    length = characters(payload)
    return f"{length:5} v{bisect_left(CAPACITY, length) + 1}"


def with_texts_for_dates(facts: Facts) -> bytes:
    """The same facts with dates and sexes as texts, as they are in messages."""
    tree = cbor2.loads(encode(facts))
    tree[3] = facts.date
    for one, person in zip(tree[9], facts.persons, strict=True):
        for key, field in ((3, "birth"), (4, "sex"), (6, "became_resident"), (7, "address_since"), (8, "notified")):
            if key in one:
                one[key] = getattr(person, field)
    return cbor2.dumps(tree, canonical=True)


def household(persons: int) -> Facts:
    """So many persons with nothing in common but the address they came from."""
    three, chance = answer_facts("three_persons"), Random(1)

    def text(first: int, last: int, length: int) -> str:
        return "".join(chr(chance.randrange(first, last)) for _ in range(length))

    def one(at: int) -> object:
        birth = f"19{chance.randrange(30, 99)}-{chance.randrange(1, 13):02}-{chance.randrange(1, 29):02}"
        return msgspec.structs.replace(three.persons[at % 3], name=text(0x4E00, 0x9000, 5), kana=text(0x30A1, 0x30F0, 8), birth=birth)

    return replace(three, persons=tuple(one(at) for at in range(persons)))  # type: ignore[misc]


def main() -> None:
    print(f"{'characters, QR version at level M':34}{'dates as texts':>16}{'plain deflate':>16}{'words before':>16}   tiers 2, 3, 4")
    samples = {file.stem: answer_facts(file.stem) for file in sorted(ANSWERS.glob("*.json"))}
    samples |= {f"{persons} strangers": household(persons) for persons in (3, 12, 17, 18, 30, 35, 36)}
    for name, facts in samples.items():
        columns = (deflated(with_texts_for_dates(facts)), deflated(encode(facts)), deflated(encode(facts), words()))
        less = [characters(deflated(encode(tier), words())) for tier in tiers(facts)][1:]
        print(f"{name:34}" + "".join(f"{code(payload):>16}" for payload in columns) + f"   {less}")
    facts, began = answer_facts("three_persons"), time.process_time()
    for _ in range(200):
        payload_of(facts)
    print(f"CPU to pack three persons: {(time.process_time() - began) * 5:.2f} ms")


if __name__ == "__main__":
    main()
