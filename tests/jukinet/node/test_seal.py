"""The digital seal: it holds what the copy says, fits a code that the paper can carry, and breaks when touched."""

import string

import base45
import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, SECP384R1, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from hypothesis import given, settings
from hypothesis import strategies as st

from jukinet.errors import SettingsError
from jukinet.messages import Extract, Person
from jukinet.node.seal import MOST_CHARACTERS, PREFIX, SealKey, WrongSeal, facts_of, make_seal, open_seal

KEY = SealKey(generate_private_key(SECP256R1()))
KNOWN = {KEY.id: KEY.key.public_key()}
QR_ALPHANUMERIC = set(string.digits + string.ascii_uppercase + " $%*+-./:")


def extract(persons: int, name: str = "青葉 花子") -> Extract:
    return Extract(
        town="21202",
        town_name="岐阜県大垣市",
        address="岐阜県大垣市若葉台2丁目15番地3",
        building="コーポ 2",
        head="青葉 樹",
        whole_household=True,
        persons=[
            Person(
                number=at + 1,
                name=f"{name}{chr(0x4E00 + 61 * at)}{chr(0x5E00 + 89 * at)}",
                birth=f"19{at % 90 + 10}-05-05",
                sex="female",
                relationship="子",
                my_number="123456789018",
                resident_code="24727059608",
            )
            for at in range(persons)
        ],
    )


def facts(persons: int = 1, name: str = "青葉 花子") -> dict[int, object]:
    return facts_of(extract(persons, name), b"d" * 32, "20261124 垂井町 k1 プリンタ001 001", "21361", "2026-11-24")


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 6), st.text(max_size=30))
def test_it_opens_to_what_was_sealed(persons: int, name: str) -> None:
    sealed = facts(persons, name)
    assert open_seal(make_seal(sealed, KEY), KNOWN) == sealed


def test_it_is_text_that_a_code_holds_cheaply() -> None:
    assert set(make_seal(facts(), KEY)) <= QR_ALPHANUMERIC


def test_it_is_the_same_but_for_the_signature() -> None:
    one, two = make_seal(facts(), KEY), make_seal(facts(), KEY)
    assert one[:100] == two[:100]


def test_a_large_household_fits_by_its_digest() -> None:
    text = make_seal(facts(99, "寿限無"), KEY)
    assert len(text) <= MOST_CHARACTERS
    opened = open_seal(text, KNOWN)
    assert 9 not in opened
    assert opened[10][0] == 99


def test_numbers_of_persons_are_not_in_it() -> None:
    assert "123456789018" not in str(facts())
    assert "24727059608" not in str(facts())


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_a_changed_character_is_noticed(data: st.DataObject) -> None:
    text = make_seal(facts(), KEY)
    at = data.draw(st.integers(0, len(text) - 1))
    other = data.draw(st.sampled_from(sorted(QR_ALPHANUMERIC - {text[at]})))
    with pytest.raises(WrongSeal):
        open_seal(text[:at] + other + text[at + 1 :], KNOWN)


@pytest.mark.parametrize("text", ["", PREFIX, PREFIX + "00", "HC1:" + "0" * 40, PREFIX + "BB8"])
def test_what_is_no_seal_is_said_to_be_none(text: str) -> None:
    with pytest.raises(WrongSeal):
        open_seal(text, KNOWN)


@settings(max_examples=300, deadline=None)
@given(
    st.text(sorted(QR_ALPHANUMERIC), max_size=60)
    | st.text(max_size=20)
    | st.binary(max_size=60).map(lambda data: base45.b45encode(data).decode())
)
def test_no_text_whatever_is_taken_for_one(text: str) -> None:
    with pytest.raises(WrongSeal):
        open_seal(PREFIX + text, KNOWN)


def test_another_towns_key_does_not_open_it() -> None:
    stranger = SealKey(generate_private_key(SECP256R1()))
    with pytest.raises(WrongSeal, match="key"):
        open_seal(make_seal(facts(), stranger), KNOWN)


def test_only_p_256_keys_seal(tmp_path) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / "seal.pem"
    path.write_bytes(generate_private_key(SECP384R1()).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    with pytest.raises(SettingsError, match="P-256"):
        SealKey.load(path)
