"""`kiosk verify` as a clerk types it: what it says of a good paper, a bad one, and one that cannot be read; and how it ends."""

import io
import json
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest
from PIL import Image
from rich.cells import cell_len

from jukinet.seal_facts import Facts
from jukinet.seal_keys import Bundle
from jukinet.signing import AnswerKey
from kiosk.verify.command import Verdict, console, verify
from kiosk.words import WORK_LANGUAGES, Words, catalogue
from tests.seals import ELSEWHERE, NAMES, Towns, answer_facts, make_towns, new_key, paper, photograph


@pytest.fixture(scope="module")
def towns() -> Towns:
    return make_towns()


@pytest.fixture(scope="module")
def bundle(towns: Towns, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return saved(tmp_path_factory.mktemp("directory") / "bundle.json", towns.directory, towns.centre)


def saved(file: Path, directory: str, centre: AnswerKey) -> Path:
    file.write_bytes(msgspec.json.encode(Bundle(directory, centre.public())))
    return file


class Clerk:
    """Asks and reads what comes back."""

    def __init__(self, capsys: pytest.CaptureFixture[str], directory: Path) -> None:
        self._capsys, self.directory = capsys, directory
        self.said = ""

    def asks(self, source: object, centre_key: Path | None = None, language: str = "ja") -> Verdict:
        verdict = verify(str(source), self.directory, centre_key, Words(language), console())
        self.said = self._capsys.readouterr().out
        return verdict

    def reads(self, key: str, language: str = "ja") -> bool:
        """The words of this key, wherever lines end; what is filled into them may be anything."""
        said = "".join(self.said.split())
        return all("".join(part.split()) in said for part in re.split(r"\{\w+\}", catalogue(language)[key]))


@pytest.fixture
def clerk(capsys: pytest.CaptureFixture[str], bundle: Path) -> Clerk:
    return Clerk(capsys, bundle)


THREE = answer_facts("three_persons")


@pytest.mark.parametrize("language", WORK_LANGUAGES)
def test_a_good_paper(clerk: Clerk, towns: Towns, tmp_path: Path, language: str) -> None:
    file = tmp_path / "photo.jpg"
    file.write_bytes(photograph(paper("three_persons", towns.seal(THREE).text)))
    assert clerk.asks(file, language=language) is Verdict.GOOD
    for key in ("verify.good", "verify.good.do", "verify.numbers", "verify.offline", "verify.checked.bundle"):
        assert clerk.reads(key, language), key
    for value in (THREE.number, "令和8年11月24日", THREE.title, THREE.address, *(person.name for person in THREE.persons)):
        assert value in clerk.said
    for value in ("カクウ ハナコ", "設定", "平成24年4月5日", "愛知県名古屋市中区見本三丁目１番１号", "令和元年5月1日"):
        assert value in clerk.said


def test_facts_stand_in_one_table(clerk: Clerk, towns: Towns) -> None:
    """All values begin in one column, reckoned in the cells of a terminal."""
    clerk.asks(towns.seal(THREE).text)
    lines = [line for line in clerk.said.splitlines() if re.match(r"\S+ {2,}\S", line)]
    columns = {cell_len(line[: re.match(r"\S+ +", line).end()]) for line in lines}  # type: ignore[union-attr]
    assert len(lines) > 30
    assert len(columns) == 1


def test_its_text_does_as_well_typed_or_piped(clerk: Clerk, towns: Towns, bundle: Path) -> None:
    text = towns.seal(THREE).text
    assert clerk.asks(text) is Verdict.GOOD
    command = [sys.executable, "-m", "kiosk", "verify", "-", "--directory", str(bundle), "--language", "en"]
    piped = subprocess.run(command, input=f"{text}\r\n", capture_output=True, text=True, timeout=60)
    assert piped.returncode == 0, piped.stderr
    assert "架空 太郎" in piped.stdout
    assert subprocess.run(command, input="JK1:0", capture_output=True, text=True, timeout=60).returncode == 1


def tampered(text: str) -> str:
    """One character of what was signed."""
    at = len(text) // 2
    return text[:at] + ("A" if text[at] != "A" else "B") + text[at + 1 :]


BAD = {
    "signature": lambda towns: tampered(towns.seal(THREE).text),
    "form": lambda towns: towns.seal(THREE).text[:-40],
    "key": lambda towns: replace(towns, keys=towns.keys | {"21361": new_key()}).seal(THREE).text,
    "issuer": lambda towns: towns.seal(THREE, ELSEWHERE).text,
    "prefix": lambda towns: "HC1:6BF",
}


@pytest.mark.parametrize("language", WORK_LANGUAGES)
@pytest.mark.parametrize("reason", BAD)
def test_what_is_not_good_has_its_own_words_and_shows_nothing(
    clerk: Clerk, towns: Towns, tmp_path: Path, reason: str, language: str
) -> None:
    file = tmp_path / "paper.png"
    file.write_bytes(paper("three_persons", BAD[reason](towns)))
    assert clerk.asks(file, language=language) is Verdict.NOT_GOOD
    assert clerk.reads(f"verify.wrong.{reason}", language)
    assert clerk.reads(f"verify.wrong.{reason}.do", language)
    for other in set(BAD) - {reason}:
        assert not clerk.reads(f"verify.wrong.{other}", language)
    assert not any(person.name in clerk.said for person in THREE.persons)
    assert THREE.address not in clerk.said


def test_what_cannot_be_read(clerk: Clerk, towns: Towns, tmp_path: Path) -> None:
    blank, noise, two = tmp_path / "blank.png", tmp_path / "noise.png", tmp_path / "two.png"
    Image.new("L", (400, 400), 255).save(blank)
    noise.write_bytes(b"\x89PNG\r\n\x1a\n broken")
    one, other = (Image.open(io.BytesIO(paper("one_person", towns.seal(facts).text))) for facts in (THREE, answer_facts("foreign")))
    both = Image.new("L", (one.width + other.width, max(one.height, other.height)), 255)
    both.paste(one, (0, 0))
    both.paste(other, (one.width, 0))
    both.save(two)
    cases = {blank: "none", noise: "picture", two: "several", tmp_path / "nothing.png": "source", "hello\x1b[2J": "source"}
    for source, reason in cases.items():
        assert clerk.asks(source) is Verdict.UNREAD
        assert clerk.reads(f"verify.unread.{reason}"), clerk.said
        assert "\x1b" not in clerk.said


def test_a_household_too_large_says_that_there_is_more(clerk: Clerk, towns: Towns) -> None:
    many = replace(THREE, persons=tuple(msgspec.structs.replace(THREE.persons[0], number=at, name=hanzi(at)) for at in range(1, 60)))
    assert clerk.asks(towns.seal(many).text) is Verdict.GOOD
    assert clerk.reads("verify.rest")
    assert "59人" in clerk.said
    assert clerk.asks(towns.seal(THREE).text) is Verdict.GOOD
    assert not clerk.reads("verify.rest")


def hanzi(at: int) -> str:
    return "".join(chr(0x4E00 + (at * 7919 + place * 10_473) % 20_000) for place in range(9))


def test_signed_texts_cannot_move_the_cursor(clerk: Clerk, towns: Towns) -> None:
    evil: Facts = replace(THREE, address="\x1b[2J岐阜県\r\n大垣市[red]", name="見本\u3000一郎\u202e")
    assert clerk.asks(towns.seal(evil).text) is Verdict.GOOD
    assert "見本\u3000一郎\ufffd" in clerk.said
    assert "\x1b" not in clerk.said
    assert "\ufffd[2J岐阜県\ufffd\ufffd大垣市[red]" in clerk.said


def test_whose_directory_it_is(clerk: Clerk, towns: Towns, tmp_path: Path) -> None:
    """A directory alone needs the centre's key; a bundle's own key gives way to one from elsewhere; and each says what was believed."""
    text, stranger = towns.seal(THREE).text, AnswerKey.make()
    alone, own_key, other_key = tmp_path / "directory.jws", tmp_path / "centre.jwk", tmp_path / "other.jwk"
    alone.write_text(towns.directory)
    own_key.write_text(json.dumps(towns.centre.public()))
    other_key.write_text(json.dumps(stranger.public()))

    assert clerk.asks(text, own_key) is Verdict.GOOD
    assert clerk.reads("verify.checked.pinned")
    assert towns.centre.kid in clerk.said
    assert clerk.asks(text, other_key) is Verdict.UNREAD
    assert clerk.reads("verify.directory.wrong_key")

    clerk.directory = alone
    assert clerk.asks(text) is Verdict.UNREAD
    assert clerk.reads("verify.directory.no_key")
    assert clerk.asks(text, own_key) is Verdict.GOOD

    header, payload, signature = towns.directory.split(".")
    changed = payload[:-8] + payload[-8:].swapcase()
    clerk.directory = saved(tmp_path / "changed.json", f"{header}.{changed}.{signature}", towns.centre)
    assert clerk.asks(text) is Verdict.UNREAD
    assert clerk.reads("verify.directory.changed")

    for wrong in ("{}", "hello", '{"directory":"a.b.c","centre_key":{}}'):
        clerk.directory = tmp_path / "wrong.json"
        clerk.directory.write_text(wrong)
        assert clerk.asks(text) is Verdict.UNREAD
        assert clerk.reads("verify.directory.unreadable")


def test_it_leaves_nothing_behind(towns: Towns, bundle: Path, tmp_path: Path) -> None:
    """No file is written, and the names reach standard output alone."""
    picture = tmp_path / "paper.png"
    picture.write_bytes(paper("three_persons", towns.seal(THREE).text))
    command = ["strace", "-f", "-e", "trace=openat,creat,rename,unlink", "-o", str(tmp_path / "calls")]
    command += [sys.executable, "-B", "-m", "kiosk", "verify", str(picture), "--directory", str(bundle)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=100)
    assert done.returncode == 0, done.stderr
    assert "架空 太郎" in done.stdout
    assert done.stderr == ""
    calls = (tmp_path / "calls").read_text().splitlines()
    written = [call for call in calls if re.search(r"O_WRONLY|O_RDWR|creat\(|rename\(", call) and "/dev/" not in call]
    assert written == []


def test_names_of_towns_are_the_directory_s(clerk: Clerk, towns: Towns) -> None:
    clerk.asks(towns.seal(THREE).text)
    assert NAMES["21361"] in clerk.said.splitlines()[0]
