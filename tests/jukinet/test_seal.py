"""The digital seal: it holds what the copy says, fits a code that the paper can carry, and breaks when touched."""

import string
import zlib
from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import base45
import cbor2
import pytest
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, SECP384R1, EllipticCurvePrivateKey, generate_private_key
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from hypothesis import given, settings
from hypothesis import strategies as st

from jukinet.errors import SettingsError
from jukinet.messages import ForeignItems, Issuer, Person
from jukinet.node.seal import SealKey, make_seal
from jukinet.seal import MOST_CHARACTERS, PREFIX, Owner, WrongSeal, characters, open_seal, payload_of, seal_id, signed, words
from jukinet.seal_facts import COPY, FOREIGN, PERSON, Facts, NotFacts, decode, encode, tiers

HERE, ELSEWHERE = SealKey(generate_private_key(SECP256R1())), SealKey(generate_private_key(SECP256R1()))
KNOWN = {
    HERE.id: Owner("21361", "岐阜県不破郡垂井町", HERE.key.public_key()),
    ELSEWHERE.id: Owner("21202", "岐阜県大垣市", ELSEWHERE.key.public_key()),
}
QR_ALPHANUMERIC = set(string.digits + string.ascii_uppercase + " $%*+-./:")
# The curve's order (SEC 2, 2.4.2): with (r, s), (r, n - s) is a signature of the same.
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


def person(at: int, **other: object) -> Person:
    values: dict[str, object] = {
        "number": at,
        "name": "青葉 " + "".join(chr(0x4E00 + (at * 7919 + place * 10_473) % 20_000) for place in range(4)),
        "kana": "アオバ " + "".join(chr(0x30A1 + (at * 79 + place * 37) % 80) for place in range(4)),
        "birth": f"19{at * 37 % 90 + 10}-05-{at * 13 % 28 + 1:02d}",
        "sex": "female",
        "relationship": "子",
        "became_resident": "2012-04-01",
        "address_since": "2015-10-03",
        "notified": "2012-04-05",
        "previous_address": "愛知県名古屋市中区花見台1丁目2番3号",
    }
    return Person(**values | other)  # type: ignore[arg-type]


def facts(persons: int = 1) -> Facts:
    return Facts(
        number="20261124 垂井町 k1 プリンタ001 001",
        issuer="21361",
        title="岐阜県不破郡垂井町長",
        name="見本 町子",
        date="2026-11-24",
        pages=1,
        home="21202",
        address="岐阜県大垣市若葉台2丁目15番地3",
        building="コーポ 2",
        head="青葉 樹",
        whole_household=True,
        persons=tuple(person(at) for at in range(1, persons + 1)),
        answer=sha256(b"answer").digest()[:16],
    )


texts = st.text(max_size=12)
dates = st.dates().map(lambda day: day.isoformat()) | st.sampled_from(
    ["", "昭和30年頃", "年月日不詳", "2019-02-29", "20190501", "2019-W01-1"]
)


@st.composite
def people(draw: st.DrawFn, at: int) -> Person:
    def of(table: dict[int, tuple[str, object]]) -> dict[str, object]:
        kinds = {"text": texts, "date": dates, "sex": st.sampled_from(["male", "female", "unknown"])}
        return {field: draw(kinds[kind.value]) for field, kind in table.values()}  # type: ignore[attr-defined]

    foreign = ForeignItems(**of(FOREIGN)) if draw(st.booleans()) else None  # type: ignore[arg-type]
    own = of(PERSON) | {"relationship": draw(st.none() | texts)}
    return Person(number=at, foreign=foreign, **own)  # type: ignore[arg-type]


@st.composite
def copies(draw: st.DrawFn) -> Facts:
    return replace(
        facts(),
        title=draw(texts),
        name=draw(texts),
        date=draw(st.dates()).isoformat(),
        pages=draw(st.integers(1, 99)),
        home=f"{draw(st.integers(0, 99_999)):05d}",
        address=draw(texts),
        building=draw(texts),
        head=draw(st.none() | texts),
        whole_household=draw(st.booleans()),
        persons=tuple(draw(people(at)) for at in range(1, draw(st.integers(1, 4)) + 1)),
    )


@settings(max_examples=150)
@given(copies())
def test_it_opens_to_what_was_sealed(sealed: Facts) -> None:
    opened = open_seal(make_seal(sealed, HERE).text, KNOWN)
    assert opened.facts == sealed
    assert opened.owner.town == "21361"


def test_every_item_that_paper_shows_is_in_it_but_the_two_numbers() -> None:
    held = {field for field, _ in PERSON.values()}
    assert set(Person.__struct_fields__) - held == {"number", "my_number", "resident_code", "foreign"}
    assert {field for field, _ in FOREIGN.values()} == set(ForeignItems.__struct_fields__)
    assert not set(PERSON) & set(FOREIGN)


def test_numbers_of_persons_are_not_in_it() -> None:
    from jukinet.messages import Extract
    from jukinet.seal_facts import facts_of

    numbers = {"my_number": "123456789018", "resident_code": "24727059608"}
    extract = Extract(town="21202", town_name="", address="", whole_household=True, persons=[person(1, **numbers)])
    sealed = encode(facts_of(extract, bytes(32), Issuer(town="21361", town_name="", title="", name=""), "1", "2026-11-24", 1))
    assert not any(number.encode() in sealed for number in numbers.values())


def test_it_is_text_that_a_code_holds_cheaply() -> None:
    assert set(make_seal(facts(), HERE).text) <= QR_ALPHANUMERIC


@given(st.binary(min_size=1, max_size=5))
def test_its_last_character_is_never_a_space_that_copying_would_lose(data: bytes) -> None:
    """The highest digit of 65,535 in base 45 is 32, and a space is 36."""
    assert not base45.b45encode(data).endswith(b" ")


def test_its_length_is_known_before_there_is_a_key() -> None:
    assert characters(payload_of(facts(3))) == len(make_seal(facts(3), HERE).text)


def test_three_persons_with_all_that_is_printed_are_a_code_of_version_17() -> None:
    """734 alphanumeric characters at level M (ISO/IEC 18004:2015, table 7)."""
    assert len(make_seal(facts(3), HERE).text) <= 734


def test_what_does_not_fit_is_left_out_by_tiers() -> None:
    """Never longer than what can be printed, and as much in it as fits."""
    seen = []
    for persons in (3, 12, 30, 99):
        sealed = facts(persons)
        text = make_seal(sealed, HERE).text
        opened = open_seal(text, KNOWN).facts
        assert len(text) <= MOST_CHARACTERS
        tier = list(tiers(sealed)).index(opened)
        if tier:
            assert opened.rest is not None
            assert (opened.rest.persons, opened.rest.digest) == (persons, sha256(encode(sealed)).digest())
        seen.append(tier)
    assert seen == [0, 0, 1, 2]


def test_a_household_without_any_room_is_left_out_too() -> None:
    hangul = "".join(chr(0xAC00 + 97 * at % 11_000) for at in range(900))
    opened = open_seal(make_seal(replace(facts(), address=hangul), HERE).text, KNOWN).facts
    assert (opened.persons, opened.address, opened.head) == ((), "", None)
    assert opened.rest is not None


def test_the_words_before_it_are_those_of_version_1() -> None:
    """Changed words are another format: seals made before would no longer open. docs/seal.md has this digest, too."""
    assert sha256(words()).hexdigest() == "db9d4449aea3e2ab08eed05075bad31fe85c9852f96185fe483422a66272749a"


@settings(max_examples=200)
@given(st.data())
def test_a_changed_character_is_noticed(data: st.DataObject) -> None:
    text = make_seal(facts(), HERE).text
    at = data.draw(st.integers(0, len(text) - 1))
    other = data.draw(st.sampled_from(sorted(QR_ALPHANUMERIC - {text[at]})))
    with pytest.raises(WrongSeal):
        open_seal(text[:at] + other + text[at + 1 :], KNOWN)


def test_a_text_that_is_cut_off_anywhere_is_said_to_be_none() -> None:
    text = make_seal(facts(), HERE).text
    reasons = set()
    for end in range(len(text)):
        with pytest.raises(WrongSeal) as wrong:
            open_seal(text[:end], KNOWN)
        reasons.add(wrong.value.reason)
    assert reasons == {"prefix", "form"}


@settings(max_examples=300)
@given(
    st.text(sorted(QR_ALPHANUMERIC), max_size=60)
    | st.text(max_size=20)
    | st.binary(max_size=60).map(lambda data: base45.b45encode(data).decode())
)
def test_no_text_whatever_is_taken_for_one(text: str) -> None:
    with pytest.raises(WrongSeal, match="form"):
        open_seal(PREFIX + text, KNOWN)


def raw_seal(data: bytes, key: SealKey) -> str:
    """Whatever bytes, signed as a town would."""

    def sign(message: bytes) -> bytes:
        r, s = decode_dss_signature(key.key.sign(message, ECDSA(SHA256())))
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")

    return signed(data, key.id, sign)


def deflated(data: bytes) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, -15, 9, zlib.Z_DEFAULT_STRATEGY, words())
    return packer.compress(data) + packer.flush()


def test_a_key_that_no_town_has_does_not_open_it() -> None:
    stranger = SealKey(generate_private_key(SECP256R1()))
    with pytest.raises(WrongSeal, match="key"):
        open_seal(make_seal(facts(), stranger).text, KNOWN)


def test_a_town_cannot_seal_in_anothers_name() -> None:
    with pytest.raises(WrongSeal, match="issuer"):
        open_seal(make_seal(facts(), ELSEWHERE).text, KNOWN)


def test_the_other_signature_of_the_same_is_the_same_seal() -> None:
    """Else who holds a voided copy could make a text of it that its town has never heard of."""

    def sign(message: bytes) -> bytes:
        r, s = decode_dss_signature(HERE.key.sign(message, ECDSA(SHA256())))
        return r.to_bytes(32, "big") + (ORDER - s).to_bytes(32, "big")

    seal = make_seal(facts(), HERE)
    payload = payload_of(facts())
    assert open_seal(signed(payload, HERE.id, sign), KNOWN).id == seal.id == seal_id(payload)


def wrong_maps() -> Iterator[object]:
    good = cbor2.loads(encode(facts()))
    yield from ({**good, 99: "?"}, {**good, "1": "?"}, {**good, 4: "21202"}, {**good, 3: 10**12}, {**good, 9: []}, {**good, 9: ["?"]})
    yield from ({**good, 10: [0, bytes(32)]}, {**good, 11: b"short"}, {**good, 8: 1}, {**good, 14: True}, [good], 7, "text")
    yield {key: value for key, value in good.items() if key != 1}
    yield {**good, 9: [{**good[9][0], 18: "AB1"}]}
    yield {**good, 9: [{**good[9][0], 4: 3}]}


@pytest.mark.parametrize("tree", list(wrong_maps()), ids=lambda tree: str(tree)[:20])
def test_what_a_reader_does_not_know_it_does_not_pass_over(tree: object) -> None:
    with pytest.raises(WrongSeal, match="facts"):
        open_seal(raw_seal(deflated(cbor2.dumps(tree, canonical=True)), HERE), KNOWN)


@pytest.mark.parametrize(
    "payload", [b"", b"\xff\xff", deflated(encode(facts()))[:-4], deflated(encode(facts())) + b"?", deflated(bytes(70_000))]
)
def test_a_payload_that_is_none_is_no_seal(payload: bytes) -> None:
    with pytest.raises(WrongSeal, match="facts"):
        open_seal(raw_seal(payload, HERE), KNOWN)


@settings(max_examples=300)
@given(st.binary(max_size=40))
def test_bytes_are_facts_or_no_facts(data: bytes) -> None:
    with pytest.raises(NotFacts):
        decode(data)


def test_any_inflate_reads_it_when_the_words_stand_before_it() -> None:
    """Where a library knows no dictionary: a stored block (RFC 1951, 3.2.4) with the words, then the payload. The page does so."""
    length = len(words()).to_bytes(2, "little")
    inverse = bytes(255 - byte for byte in length)
    whole = zlib.decompress(b"\x00" + length + inverse + words() + payload_of(facts()), -15)
    assert whole == words() + encode(facts())


def test_only_p_256_keys_seal(tmp_path: Path) -> None:
    path = tmp_path / "seal.pem"
    other: EllipticCurvePrivateKey = generate_private_key(SECP384R1())
    path.write_bytes(other.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    with pytest.raises(SettingsError, match="P-256"):
        SealKey.load(path)


def test_keys_of_the_tables_are_used_once() -> None:
    assert not set(COPY) & {9, 10}
