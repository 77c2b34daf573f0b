"""When are the items that a body asks with those of a record? Pure.

A body's clerk types from a form what a town's clerk wrote in the register: with blanks or without, digits full-width or not, characters
without the selector of their variant. None of that makes another person, so it does not count. All else does: who is asked for is found
by the whole of all four items and by nothing less, because what is looked up is a digest of them.
"""

import re
import unicodedata
from hashlib import sha256

KEY_BYTES = 16  # 128 bits tell 125 million people and all that they were ever called apart

_NOTHING = "\\s\ufe00-\ufe0f\U000e0100-\U000e01ef"  # blanks, and variation selectors
_DASHES = "‐‑‒–—―−"  # 1－2－3 as every keyboard types it; not ー, which is a letter
_ODD = re.compile(f"[{_NOTHING}{_DASHES}]")


def plain(text: str) -> str:
    """The form in which items are compared."""
    whole = unicodedata.normalize("NFKC", text)
    less = _ODD.sub(_dash_or_nothing, whole)
    # What a blank kept apart may now be one character.
    return less if less == whole else unicodedata.normalize("NFKC", less)


def is_like(one: str, other: str) -> bool:
    return one == other or plain(one) == plain(other)


def _dash_or_nothing(odd: re.Match[str]) -> str:
    return "-" if odd[0] in _DASHES else ""


def key_of_four(name: str, birth: str, sex: str, address: str) -> bytes:
    return _key("four", plain(name), plain(birth), sex, plain(address))


def key_of_code(resident_code: str) -> bytes:
    return _key("code", resident_code)


def _key(*words: str) -> bytes:
    return sha256("\n".join(words).encode()).digest()[:KEY_BYTES]
