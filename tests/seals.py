"""Towns that seal, for tests of those who check: keys, a directory signed by a centre, and the answers of tests/answers sealed anew."""

from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from msgspec.structs import replace
from PIL import Image, ImageChops, ImageFilter

from jukinet.node.seal import Seal, SealKey, make_seal
from jukinet.node_messages import Directory, Town
from jukinet.seal_facts import Facts, facts_of
from jukinet.seal_keys import public_jwk
from jukinet.signing import AnswerKey, sign_directory
from kiosk.document.answer import load_answer
from kiosk.document.certificate import Composer
from kiosk.document.render import preview_png

ANSWERS = Path(__file__).parent / "answers"
NAMES = {"21361": "岐阜県不破郡垂井町", "21202": "岐阜県大垣市"}
HERE, ELSEWHERE = NAMES
WIDTH = 576  # dots


@dataclass(frozen=True)
class Towns:
    centre: AnswerKey
    keys: dict[str, SealKey]  # by town code

    @property
    def directory(self) -> str:
        """Signed."""
        towns = [
            Town(
                code=code,
                name=name,
                prefecture="21",
                urls=[],
                keys=[AnswerKey.make().public()],
                seal_keys=[public_jwk(self.keys[code].key.public_key())],
            )
            for code, name in NAMES.items()
        ]
        issued = "2026-11-28T00:00:00+00:00"
        directory = Directory(version=3, issued=issued, centre_name="centre", centre_urls=[], prefectures=[], towns=towns)
        return sign_directory(directory, self.centre)

    def seal(self, facts: Facts, town: str = HERE) -> Seal:
        return make_seal(facts, self.keys[town])


def new_key() -> SealKey:
    return SealKey(generate_private_key(SECP256R1()))


def make_towns() -> Towns:
    return Towns(AnswerKey.make(), {code: new_key() for code in NAMES})


def answer_facts(name: str) -> Facts:
    """Of the answer kept in tests/answers/NAME.json."""
    extract, issue = load_answer(ANSWERS / f"{name}.json")
    return facts_of(extract, issue.extract, issue.issuer, issue.copies[0].number, issue.date, 1)


def paper(name: str, seal: str) -> bytes:
    """PNG of the copy as it is printed, with this seal on it: one dot a pixel."""
    extract, issue = load_answer(ANSWERS / f"{name}.json")
    issue = replace(issue, copies=[replace(issue.copies[0], seal=seal)])
    return preview_png(list(Composer(WIDTH).copy(extract, issue, 0)), WIDTH)


def photograph(sheet: bytes) -> bytes:
    """JPEG of it on a grey desk, a little askew, not quite sharp, darker to one side."""
    with Image.open(BytesIO(sheet)) as picture:
        shown = picture.convert("L").point(lambda dot: 40 + dot * 190 // 255)
    desk = Image.new("L", (shown.width + 400, shown.height + 400), 120)
    desk.paste(shown, (200, 200))
    desk = desk.rotate(4, Image.Resampling.BICUBIC, fillcolor=120).filter(ImageFilter.GaussianBlur(0.8))
    shade = Image.linear_gradient("L").rotate(90).resize(desk.size).point(lambda dot: 155 + dot * 100 // 255)
    out = BytesIO()
    ImageChops.multiply(desk, shade).save(out, "JPEG", quality=75)
    return out.getvalue()
