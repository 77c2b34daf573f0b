"""Conformance vectors: the wire's signed and hashed things once right and many times wrong, for whoever writes another node or kiosk.

Each file is {"about", "good": [...], "bad": [{"why", ...}]}. A bad vector must be refused, for the reason that `why` gives: where a
reader of ours raises it, its own word. docs/protocol.md says which check each file is for.

All but the ES256 signatures, which have chance in them, comes out the same each time. The keys are those of `keys.json`: they sign nothing
but vectors, and are made when the file is not there.
"""

import json
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import base45
import msgspec
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key as generate_rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key
from joserfc.jwk import ECKey

from jukinet.errors import Kind, Problem
from jukinet.messages import (
    CardProof,
    Claims,
    Directory,
    Extract,
    ExtractAsk,
    Issuer,
    Item,
    Person,
    Prefecture,
    Town,
    proof_message,
)
from jukinet.node.seal import SealKey, make_seal
from jukinet.notes import Checkpoint, LogKey, log_origin, log_owner
from jukinet.seal import PREFIX
from jukinet.seal_facts import facts_of
from jukinet.seal_keys import public_jwk
from jukinet.signing import AnswerKey, digest, sign_answer, sign_directory
from jukinet.tree import consistency, full_of, inclusion, leaf_hash, root_of
from jukinet.wire import problem_bytes

HERE, HOME, PREFECTURE = "21361", "21202", "21"
VISIT, OTHER_VISIT = "01JTESTVECT0R0000000000001", "01JTESTVECT0R0000000000002"
KIOSK = f"jukinet://kiosk/{HERE}/k1"
NONCE = bytes(range(32))
AT = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
LINES = 11  # of the log: neither a power of two nor one less

_Json = dict[str, Any]


def write_vectors(folder: Path) -> list[str]:
    """Names of the files written. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    kept = folder / "keys.json"
    if not kept.exists():
        _write(kept, _new_keys())
    made = vectors(Keys.load(json.loads(kept.read_text(encoding="utf-8"))))
    for name, vector in made.items():
        _write(folder / f"{name}.json", vector)
    return [f"{name}.json" for name in made]


def vectors(keys: "Keys") -> dict[str, _Json]:
    makers: Mapping[str, Callable[[Keys], _Json]] = {
        "proof": _proof,
        "answer": _answer,
        "directory": _directory,
        "notes": _notes,
        "tree": lambda _: _tree(),
        "seal": _seal,
        "problems": lambda _: _problems(),
    }
    return {name: make(keys) for name, make in makers.items()}


# -- keys -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Keys:
    certificate: bytes  # DER
    card: RSAPrivateKey
    home: AnswerKey
    other: AnswerKey  # of another town
    centre: AnswerKey
    seal: SealKey
    foreign_seal: SealKey  # of nobody in the directory
    log: LogKey
    witness: LogKey

    @classmethod
    def load(cls, kept: Mapping[str, Any]) -> "Keys":
        card = load_pem_private_key(kept["card_key"].encode(), None)
        if not isinstance(card, RSAPrivateKey):
            raise TypeError("card_key")

        def answer(name: str) -> AnswerKey:
            return AnswerKey(ECKey.import_key(kept[name]))

        def seal(name: str) -> SealKey:
            key = load_pem_private_key(kept[name].encode(), None)
            if not isinstance(key, EllipticCurvePrivateKey):
                raise TypeError(name)
            return SealKey(key)

        def log(name: str, code: str) -> LogKey:
            return LogKey(log_owner(code), Ed25519PrivateKey.from_private_bytes(b64decode(kept[name])))

        return cls(
            certificate=b64decode(kept["card_certificate"]),
            card=card,
            home=answer("home_answer_key"),
            other=answer("other_answer_key"),
            centre=answer("directory_key"),
            seal=seal("seal_key"),
            foreign_seal=seal("foreign_seal_key"),
            log=log("log_key", HERE),
            witness=log("witness_key", PREFECTURE),
        )


def _new_keys() -> _Json:
    def pem(key: Any) -> str:
        text: bytes = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        return text.decode()

    def jwk() -> dict[str, str]:
        return {name: str(value) for name, value in ECKey.generate_key("P-256").as_dict(private=True).items()}

    def raw() -> str:
        return b64encode(Ed25519PrivateKey.generate().private_bytes_raw()).decode()

    card = generate_rsa(65537, 2048)
    name = x509.Name.from_rfc4514_string("CN=VECTOR,O=SIM-JPKI,C=JP")
    built = x509.CertificateBuilder(name, name, card.public_key(), 1, AT, AT + timedelta(days=3650)).sign(card, SHA256())
    return {
        "about": "Private keys of the vectors. They are public: nothing but vectors may be signed with them.",
        "card_certificate": b64encode(built.public_bytes(Encoding.DER)).decode(),
        "card_key": pem(card),
        "home_answer_key": jwk(),
        "other_answer_key": jwk(),
        "directory_key": jwk(),
        "seal_key": pem(generate_private_key(SECP256R1())),
        "foreign_seal_key": pem(generate_private_key(SECP256R1())),
        "log_key": raw(),
        "witness_key": raw(),
    }


# -- what a card signs ------------------------------------------------------------------------------------------------


def _proof(keys: Keys) -> _Json:
    good = {"visit": VISIT, "nonce": NONCE.hex(), "kiosk": "k1"}
    message = proof_message(VISIT, NONCE, "k1")
    signature = keys.card.sign(message, PKCS1v15(), SHA256())
    whole = {**good, "signature": signature.hex()}
    return {
        "about": "The bytes a card signs (hex), and its signature (RSASSA-PKCS1-v1_5, SHA-256), to be verified with the certificate (DER).",
        "certificate": b64encode(keys.certificate).decode(),
        "good": [{**whole, "message": message.hex(), "card": digest(keys.certificate).hex()}],
        "bad": [
            {"why": "another visit", **whole, "visit": OTHER_VISIT},
            {"why": "another nonce", **whole, "nonce": NONCE[::-1].hex()},
            {"why": "another kiosk", **whole, "kiosk": "k2"},
            {"why": "the kiosk's URI in place of its bare name", **whole, "kiosk": KIOSK},
            {"why": "a bit of the signature", **whole, "signature": _flipped(signature).hex()},
        ],
    }


# -- a signed answer --------------------------------------------------------------------------------------------------

PERSON = Person(
    number=1,
    name="葛\U000e0100城 花子",
    kana="カツラギ ハナコ",
    birth="1985-04-03",
    sex="female",
    became_resident="2012-05-01",
    address_since="2012-05-01",
    notified="2012-05-07",
    previous_address="岐阜県岐阜市今沢町18番地",
)
EXTRACT = Extract(
    town=HOME, town_name="岐阜県大垣市", address="岐阜県大垣市丸の内二丁目29番地", building="", whole_household=False, persons=[PERSON]
)


def question(keys: Keys) -> bytes:
    """As a kiosk sends it."""
    signature = keys.card.sign(proof_message(VISIT, NONCE, "k1"), PKCS1v15(), SHA256())
    proof = CardProof(certificate=keys.certificate, signature=signature)
    who: _Json = {"visit": VISIT, "nonce": NONCE, "town": HERE, "kiosk": "k1"}
    items: list[Item] = []
    return msgspec.json.encode(ExtractAsk(**who, proof=proof, persons=[1], items=items))


def claims(keys: Keys) -> Claims:
    return Claims(
        visit=VISIT,
        nonce=NONCE,
        card=digest(keys.certificate),
        kiosk=KIOSK,
        request=digest(question(keys)),
        node=HOME,
        issued=AT.isoformat(),
        expires=(AT + timedelta(minutes=30)).isoformat(),
        body=EXTRACT,
    )


def _answer(keys: Keys) -> _Json:
    right, asked = claims(keys), question(keys)
    token = sign_answer(right, keys.home)
    expect = {
        "visit": VISIT,
        "nonce": NONCE.hex(),
        "card": right.card.hex(),
        "kiosk": KIOSK,
        "request": right.request.hex(),
        "node": HOME,
    }
    header, payload, signature = token.split(".")
    forged = sign_answer(msgspec.structs.replace(right, visit=OTHER_VISIT), keys.home).split(".")[1]
    others = {"visit": OTHER_VISIT, "nonce": NONCE[::-1].hex(), "card": bytes(32).hex(), "kiosk": KIOSK[:-1] + "2"}
    others |= {"request": digest(asked + b" ").hex(), "node": HERE}

    def bad(why: str, jws: str, now: datetime = AT) -> _Json:
        return {"why": why, "jws": jws, "expect": expect, "now": now.isoformat()}

    return {
        "about": "An answer and what its asker remembers (digests and the nonce in hex). `why` is the first thing that differs.",
        "keys": [keys.home.public()],
        "good": [{"question": asked.decode(), "jws": token, "expect": expect, "now": AT.isoformat(), "claims": msgspec.to_builtins(right)}],
        "bad": [
            *({"why": name, "jws": token, "expect": {**expect, name: value}, "now": AT.isoformat()} for name, value in others.items()),
            bad("form", f"{header}.{payload}"),
            bad("typ", keys.home.sign("jukinet-directory+jws", msgspec.json.encode(right))),
            bad("kid", sign_answer(right, keys.other)),
            bad(
                "signature",
                f"{header}.{forged}.{signature}",
            ),
            bad("claims", keys.home.sign("jukinet-answer+jws", b'{"v":1}')),
            bad("issued", token, AT - timedelta(minutes=3)),
            bad("expires", token, AT + timedelta(minutes=31)),
        ],
    }


# -- the directory ----------------------------------------------------------------------------------------------------


def directory(keys: Keys) -> Directory:
    return Directory(
        version=7,
        issued=AT.isoformat(),
        centre_name="地方公共団体情報システム機構",
        centre_urls=["https://centre.example:8443"],
        prefectures=[
            Prefecture(code=PREFECTURE, name="岐阜県", urls=["https://gifu.example:8443"], log_key=keys.witness.public.text, delegates=True)
        ],
        towns=[
            Town(
                code=HERE,
                name="岐阜県不破郡垂井町",
                prefecture=PREFECTURE,
                urls=["https://tarui.example:8443"],
                keys=[keys.other.public()],
                log_key=keys.log.public.text,
                seal_keys=[public_jwk(keys.seal.key.public_key())],
            ),
            Town(code=HOME, name="岐阜県大垣市", prefecture=PREFECTURE, urls=["https://ogaki.example:8443"], keys=[keys.home.public()]),
        ],
        agencies=["pension"],
    )


def _directory(keys: Keys) -> _Json:
    right = directory(keys)
    token = sign_directory(right, keys.centre)
    header, _, signature = token.split(".")
    older = sign_directory(msgspec.structs.replace(right, version=6), keys.centre)
    return {
        "about": "A directory as the centre signs it, and the key that whoever reads it was given by hand.",
        "key": keys.centre.public(),
        "good": [{"jws": token, "directory": msgspec.to_builtins(right)}],
        "bad": [
            {"why": "kid", "jws": sign_directory(right, keys.other)},
            {"why": "typ", "jws": keys.centre.sign("jukinet-answer+jws", msgspec.json.encode(right))},
            {"why": "signature", "jws": f"{header}.{older.split('.')[1]}.{signature}"},
            {"why": "claims", "jws": keys.centre.sign("jukinet-directory+jws", b'{"v":1,"towns":[]}')},
        ],
    }


# -- the log ----------------------------------------------------------------------------------------------------------


def log_lines() -> list[bytes]:
    return [json.dumps({"kind": "vector", "node": HERE, "seq": seq}, sort_keys=True).encode() for seq in range(LINES)]


def _notes(keys: Keys) -> _Json:
    origin, at = log_origin(HERE, "exchanges"), int(AT.timestamp())
    checkpoint = Checkpoint(origin, LINES, root_of([leaf_hash(line) for line in log_lines()]))
    note = keys.log.sign(checkpoint)
    confirmed = note + keys.witness.cosign(checkpoint, at)
    other = Checkpoint(log_origin(HOME, "exchanges"), LINES, checkpoint.root)
    return {
        "about": "Checkpoints as C2SP signed notes. `key` and `witness` are vkeys; `at` is when the witness confirmed, null: it did not.",
        "key": keys.log.public.text,
        "witness": keys.witness.public.text,
        "origin": origin,
        "good": [
            {"note": note, "size": LINES, "root": checkpoint.root.hex(), "at": None},
            {"note": confirmed, "size": LINES, "root": checkpoint.root.hex(), "at": at},
        ],
        "bad": [
            {"why": "origin", "note": keys.log.sign(other)},
            {"why": "unsigned", "note": keys.witness.sign(checkpoint)},
            {"why": "signature", "note": note.replace(f"\n{LINES}\n", f"\n{LINES + 1}\n")},
            {"why": "checkpoint", "note": note.replace(f"\n{LINES}\n", f"\n0{LINES}\n")},
            {"why": "form", "note": checkpoint.text},
        ],
    }


def _tree() -> _Json:
    lines = log_lines()
    leaves = [leaf_hash(line) for line in lines]
    full = full_of(leaves)

    def root(size: int) -> str:
        return root_of(leaves[:size]).hex()

    def included(index: int, size: int) -> _Json:
        path = [each.hex() for each in inclusion(index, size, full)]
        return {"line": lines[index].decode(), "index": index, "size": size, "path": path, "root": root(size)}

    def grown(old: int, size: int) -> _Json:
        path = [each.hex() for each in consistency(old, size, full)]
        return {"old": old, "old_root": root(old), "size": size, "path": path, "root": root(size)}

    def wrong() -> Iterator[_Json]:
        one, two = included(3, LINES), grown(6, LINES)
        yield {"why": "another line", **one, "line": lines[4].decode()}
        yield {"why": "another place", **one, "index": 4}
        yield {"why": "a hash too few", **one, "path": one["path"][:-1]}
        yield {"why": "a hash too many", **one, "path": [*one["path"], root(1)]}
        yield {"why": "outside the tree", **one, "index": LINES}
        yield {"why": "rewritten since", **two, "old_root": root(5)}
        yield {"why": "no growth of this", **two, "root": root(10)}
        yield {"why": "shrunk", **two, "old": LINES, "old_root": root(LINES), "size": 6, "root": root(6)}
        yield {"why": "something to prove out of nothing", **two, "old": 0, "old_root": root(0)}

    pairs = [(old, size) for size in (1, 2, 7, 8, LINES) for old in range(1, size + 1)]
    return {
        "about": "RFC 6962 proofs (hex): with `line`, that it is in the log; with `old`, that the first `old` lines are still the same.",
        "lines": [line.decode() for line in lines],
        "good": [included(index, size) for size in (1, 2, 7, 8, LINES) for index in range(size)] + [grown(*pair) for pair in pairs],
        "bad": list(wrong()),
    }


# -- paper ------------------------------------------------------------------------------------------------------------


def _seal(keys: Keys) -> _Json:
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


# -- no ---------------------------------------------------------------------------------------------------------------


def _problems() -> _Json:
    def one(kind: Kind) -> _Json:
        problem = Problem(kind, "", 600 if Problem(kind).status == 503 else None)
        return {"kind": str(kind), "status": int(problem.status), "body": problem_bytes(problem, "01J-1").decode()}

    return {"about": "Each kind of problem as it travels.", "good": [one(kind) for kind in Kind], "bad": []}


def _with_signature_of(text: str, other: str) -> str:
    """A seal's text with another one's signature: 64 bytes at the end of both."""
    whole, foreign = (base45.b45decode(each.removeprefix(PREFIX)) for each in (text, other))
    return PREFIX + str(base45.b45encode(whole[:-64] + foreign[-64:]).decode("ascii"))


def _flipped(signature: bytes) -> bytes:
    return bytes([signature[0] ^ 1]) + signature[1:]


def _write(file: Path, vector: _Json) -> None:
    file.write_text(json.dumps(vector, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
