"""Vectors of a visit: what a card signs, an answer and the question it is to, the directory that has the keys."""

from base64 import b64encode
from datetime import datetime, timedelta

import msgspec
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256

from jukinet.messages import CardProof, Claims, Extract, ExtractAsk, Item, Person, proof_message
from jukinet.node_messages import Directory, Prefecture, Town
from jukinet.seal_keys import public_jwk
from jukinet.signing import digest, sign_answer, sign_directory
from jukinet.vectors.keys import AT, HERE, HOME, KIOSK, NONCE, OTHER_VISIT, PREFECTURE, VISIT, Keys, Vector

# -- what a card signs ------------------------------------------------------------------------------------------------


def proof_vectors(keys: Keys) -> Vector:
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


def _flipped(signature: bytes) -> bytes:
    return bytes([signature[0] ^ 1]) + signature[1:]


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
    who: Vector = {"visit": VISIT, "nonce": NONCE, "town": HERE, "kiosk": "k1"}
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


def answer_vectors(keys: Keys) -> Vector:
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

    def bad(why: str, jws: str, now: datetime = AT) -> Vector:
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


def directory_vectors(keys: Keys) -> Vector:
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
