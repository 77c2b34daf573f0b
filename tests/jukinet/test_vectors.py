"""The conformance vectors as another program would read them, with our readers; and that they are still what the program makes."""

import json
import re
from base64 import b64decode
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from typer.testing import CliRunner

from jukinet.__main__ import app
from jukinet.errors import Kind, WrongAnswer
from jukinet.messages import Claims, ExtractAsk, proof_message
from jukinet.node_messages import Directory
from jukinet.notes import Verifier, WrongNote
from jukinet.seal import Owner, WrongSeal, key_id, open_seal
from jukinet.seal_facts import Facts
from jukinet.seal_keys import public_key
from jukinet.signing import Expect, digest, open_answer, open_directory
from jukinet.tree import is_consistent, is_included, leaf_hash, root_of
from jukinet.vectors.files import vectors
from jukinet.vectors.keys import Keys
from jukinet.wire import problem_from

FOLDER = Path(__file__).parents[1] / "vectors"
VECTORS: dict[str, dict[str, Any]] = {file.stem: json.loads(file.read_text()) for file in FOLDER.glob("*.json") if file.stem != "keys"}
unhex = bytes.fromhex


def good(name: str) -> Any:
    return pytest.mark.parametrize("vector", VECTORS[name]["good"])


def bad(name: str) -> Any:
    return pytest.mark.parametrize("vector", VECTORS[name]["bad"], ids=lambda vector: vector["why"])


# -- still the same ---------------------------------------------------------------------------------------------------

_CHANCE = re.compile(r"(?<=\.)[\w-]{86}$")  # an ES256 signature


def without_chance(value: Any) -> Any:
    match value:
        case dict():
            return {name: without_chance(each) for name, each in value.items()}
        case list():
            return [without_chance(each) for each in value]
        case str() if value.startswith("JK"):  # a seal: its facts and its id stand beside it
            return value[:3]
        case str():
            return _CHANCE.sub("", value)
        case _:
            return value


def test_they_are_what_the_program_makes() -> None:
    made = vectors(Keys.load(json.loads((FOLDER / "keys.json").read_text())))
    assert without_chance(json.loads(json.dumps(made))) == without_chance(VECTORS), "run: jukinet vectors tests/vectors"


def test_the_command_makes_keys_of_its_own_where_there_are_none(tmp_path: Path) -> None:
    assert CliRunner().invoke(app, ["vectors", str(tmp_path)]).exit_code == 0
    assert {file.name for file in tmp_path.iterdir()} == {file.name for file in FOLDER.iterdir()}
    assert (tmp_path / "keys.json").read_text() != (FOLDER / "keys.json").read_text()
    assert CliRunner().invoke(app, ["vectors", str(tmp_path)]).exit_code == 0
    vector = json.loads((tmp_path / "answer.json").read_text())
    assert open_answer(vector["good"][0]["jws"], vector["keys"], _expect(vector["good"][0]), _now(vector["good"][0]))


# -- what a card signs ------------------------------------------------------------------------------------------------


def _card_signed(vector: dict[str, Any]) -> None:
    der = b64decode(VECTORS["proof"]["certificate"])
    key: Any = x509.load_der_x509_certificate(der).public_key()
    message = proof_message(vector["visit"], unhex(vector["nonce"]), vector["kiosk"])
    key.verify(unhex(vector["signature"]), message, PKCS1v15(), SHA256())


@good("proof")
def test_what_a_card_signs(vector: dict[str, Any]) -> None:
    _card_signed(vector)
    assert proof_message(vector["visit"], unhex(vector["nonce"]), vector["kiosk"]).hex() == vector["message"]
    assert digest(b64decode(VECTORS["proof"]["certificate"])).hex() == vector["card"]


@bad("proof")
def test_what_a_card_did_not_sign(vector: dict[str, Any]) -> None:
    with pytest.raises(InvalidSignature):
        _card_signed(vector)


# -- answers ----------------------------------------------------------------------------------------------------------


def _expect(vector: dict[str, Any]) -> Expect:
    hexed = {"nonce", "card", "request"}
    return Expect(**{name: unhex(value) if name in hexed else value for name, value in vector["expect"].items()})


def _now(vector: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(vector["now"])


@good("answer")
def test_an_answer(vector: dict[str, Any]) -> None:
    question = vector["question"].encode()
    assert digest(question).hex() == vector["expect"]["request"]
    assert msgspec.json.decode(question, type=ExtractAsk).visit == vector["expect"]["visit"]
    claims = open_answer(vector["jws"], VECTORS["answer"]["keys"], _expect(vector), _now(vector))
    assert claims == msgspec.convert(vector["claims"], Claims)


@bad("answer")
def test_no_answer_to_this_question(vector: dict[str, Any]) -> None:
    with pytest.raises(WrongAnswer) as caught:
        open_answer(vector["jws"], VECTORS["answer"]["keys"], _expect(vector), _now(vector))
    assert caught.value.field == vector["why"]


@good("directory")
def test_a_directory(vector: dict[str, Any]) -> None:
    assert open_directory(vector["jws"], VECTORS["directory"]["key"]) == msgspec.convert(vector["directory"], Directory)


@bad("directory")
def test_no_directory_of_this_centre(vector: dict[str, Any]) -> None:
    with pytest.raises(WrongAnswer) as caught:
        open_directory(vector["jws"], VECTORS["directory"]["key"])
    assert caught.value.field == vector["why"]


# -- the log ----------------------------------------------------------------------------------------------------------


def _note(vector: dict[str, Any]) -> tuple[int, str, int | None]:
    key, witness = (Verifier.read(VECTORS["notes"][name]) for name in ("key", "witness"))
    found = key.checkpoint(vector["note"], VECTORS["notes"]["origin"])
    return found.size, found.root.hex(), witness.witnessed(vector["note"])


@good("notes")
def test_a_checkpoint(vector: dict[str, Any]) -> None:
    assert _note(vector) == (vector["size"], vector["root"], vector["at"])
    assert vector["root"] == root_of([leaf_hash(line.encode()) for line in VECTORS["tree"]["lines"]]).hex()


@bad("notes")
def test_no_checkpoint_of_this_log(vector: dict[str, Any]) -> None:
    with pytest.raises(WrongNote) as caught:
        _note(vector)
    assert str(caught.value) == vector["why"]


def _holds(vector: dict[str, Any]) -> bool:
    path, root = [unhex(each) for each in vector["path"]], unhex(vector["root"])
    if "line" in vector:
        return is_included(leaf_hash(vector["line"].encode()), vector["index"], vector["size"], path, root)
    return is_consistent(vector["old"], unhex(vector["old_root"]), vector["size"], root, path)


def test_proofs() -> None:
    assert [vector for vector in VECTORS["tree"]["good"] if not _holds(vector)] == []


@bad("tree")
def test_no_proof(vector: dict[str, Any]) -> None:
    assert not _holds(vector)


# -- paper and no -----------------------------------------------------------------------------------------------------


def _owners() -> dict[bytes, Owner]:
    town = VECTORS["seal"]["town"]
    key = public_key(town["key"])
    return {key_id(key): Owner(town["code"], town["name"], key)}


@good("seal")
def test_a_seal(vector: dict[str, Any]) -> None:
    opened = open_seal(vector["text"], _owners())
    assert opened.id.hex() == vector["id"]
    assert opened.facts == msgspec.convert(vector["facts"], Facts)


@bad("seal")
def test_no_seal(vector: dict[str, Any]) -> None:
    with pytest.raises(WrongSeal) as caught:
        open_seal(vector["text"], _owners())
    assert caught.value.reason == vector["why"]


def test_each_kind_of_problem_is_there() -> None:
    found = {problem_from(vector["status"], vector["body"].encode()).kind: vector for vector in VECTORS["problems"]["good"]}
    assert set(found) == set(Kind)
    assert all(json.loads(vector["body"])["status"] == vector["status"] for vector in found.values())
