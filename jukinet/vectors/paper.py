"""Vectors of a seal, and of each way to say no."""

from dataclasses import replace

import base45
import msgspec

from jukinet.errors import Kind, Problem
from jukinet.messages import Issuer
from jukinet.node.seal import make_seal
from jukinet.seal import PREFIX
from jukinet.seal_facts import facts_of
from jukinet.seal_keys import public_jwk
from jukinet.signing import digest
from jukinet.vectors.keys import HERE, HOME, Keys, Vector
from jukinet.vectors.visit import EXTRACT
from jukinet.wire import problem_bytes

# -- paper ------------------------------------------------------------------------------------------------------------


def seal_vectors(keys: Keys) -> Vector:
    issuer = Issuer(town=HERE, town_name="岐阜県不破郡垂井町", title="岐阜県不破郡垂井町長", name="見本　一郎")
    facts = facts_of(EXTRACT, digest(b"answer"), issuer, "2026-1124-21361-01-1-00000001", "2026-11-24", 1)
    seal = make_seal(facts, keys.seal)
    text = seal.text
    elsewhere = make_seal(replace(facts, issuer=HOME), keys.seal)
    changed = make_seal(replace(facts, number=facts.number.replace("00000001", "00000002")), keys.seal)
    return {
        "about": "A digital seal as a QR code holds it, the town's key for seals, what is in it (docs/seal.md). `id` names it to a node.",
        "town": {"code": HERE, "name": "岐阜県不破郡垂井町", "key": public_jwk(keys.seal.key.public_key())},
        "good": [{"text": text, "id": seal.id.hex(), "facts": msgspec.to_builtins(facts)}],
        "bad": [
            {"why": "prefix", "text": "JK2:" + text[4:]},
            {"why": "form", "text": text[: len(text) // 2]},
            {"why": "key", "text": make_seal(facts, keys.foreign_seal).text},
            {"why": "signature", "text": _with_signature_of(text, changed.text)},
            {"why": "issuer", "text": elsewhere.text},
        ],
    }


def _with_signature_of(text: str, other: str) -> str:
    """A seal's text with another one's signature: 64 bytes at the end of both."""
    whole, foreign = (base45.b45decode(each.removeprefix(PREFIX)) for each in (text, other))
    return PREFIX + str(base45.b45encode(whole[:-64] + foreign[-64:]).decode("ascii"))


# -- no ---------------------------------------------------------------------------------------------------------------


def problems_vectors() -> Vector:
    def one(kind: Kind) -> Vector:
        problem = Problem(kind, "", 600 if Problem(kind).status == 503 else None)
        return {"kind": str(kind), "status": int(problem.status), "body": problem_bytes(problem, "01J-1").decode()}

    return {"about": "Each kind of problem as it travels.", "good": [one(kind) for kind in Kind], "bad": []}
