"""An answer is ours only if every word of it is about our question."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from joserfc import jws

from jukinet.errors import SettingsError, WrongAnswer
from jukinet.messages import Claims, Household
from jukinet.node_messages import Directory
from jukinet.signing import AnswerKey, Expect, claimed_node, digest, load_public, open_answer, open_directory, sign_answer, sign_directory

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
KEY, OTHER_KEY = AnswerKey.make(), AnswerKey.make()
FIELDS = ("visit", "nonce", "card", "kiosk", "request", "node")

digests = st.binary(min_size=32, max_size=32)
visit_ids = st.text("0123456789ABCDEFGHJKMNPQRSTVWXYZ", min_size=26, max_size=26)
expectations = st.builds(
    Expect,
    visit=visit_ids,
    nonce=digests,
    card=digests,
    kiosk=st.from_regex(r"\Ajukinet://kiosk/[0-9]{5}/[a-z0-9-]{1,32}\Z"),
    request=digests,
    node=st.text("0123456789", min_size=5, max_size=5),
)


def claims(expect: Expect, **other: object) -> Claims:
    body = Household(town=expect.node, town_name="町", members=[], items=[])
    times = {"issued": NOW.isoformat(), "expires": (NOW + timedelta(minutes=5)).isoformat()}
    fields = {name: getattr(expect, name) for name in FIELDS}
    return Claims(**{**fields, **times, "body": body, **other})


def wrong(token: str, expect: Expect, keys=(KEY,), now: datetime = NOW) -> str:
    with pytest.raises(WrongAnswer) as caught:
        open_answer(token, [key.public() for key in keys], expect, now)
    return caught.value.field


few = settings(max_examples=40)


@few
@given(expectations)
def test_own_answer_comes_out_whole(mine: Expect) -> None:
    answer = claims(mine)
    assert open_answer(sign_answer(answer, KEY), [OTHER_KEY.public(), KEY.public()], mine, NOW) == answer
    assert claimed_node(sign_answer(answer, KEY)) == mine.node


@few
@given(expectations, expectations, st.sampled_from(FIELDS))
def test_an_answer_to_a_neighbour_is_refused_by_the_field_that_differs(mine: Expect, neighbour: Expect, field: str) -> None:
    other = replace(mine, **{field: getattr(neighbour, field)})
    if other == mine:
        return
    assert wrong(sign_answer(claims(other), KEY), mine) == field


@few
@given(expectations, expectations)
def test_a_neighbours_whole_answer_is_refused(mine: Expect, neighbour: Expect) -> None:
    if mine.visit != neighbour.visit:
        assert wrong(sign_answer(claims(neighbour), KEY), replace(mine, node=neighbour.node)) == "visit"


@few
@given(expectations, expectations)
def test_a_neighbours_answer_relabelled_is_refused_by_its_signature(mine: Expect, neighbour: Expect) -> None:
    """Somebody on the way puts my visit, nonce, card and question into my neighbour's answer and keeps the signature."""
    if mine == neighbour:
        return
    header, _, signature = sign_answer(claims(neighbour), KEY).split(".")
    _, payload, _ = sign_answer(claims(mine), OTHER_KEY).split(".")
    assert wrong(f"{header}.{payload}.{signature}", mine) == "signature"


@few
@given(expectations, st.data())
def test_no_changed_character_goes_through(mine: Expect, data: st.DataObject) -> None:
    """Of a base64url character that ends a part, some bits are not used: a change there changes nothing, and nothing comes of it."""
    token = sign_answer(claims(mine), KEY)
    at = data.draw(st.integers(0, len(token) - 1))
    character = data.draw(st.sampled_from("ABCabc019-_.=é\n"))
    changed = token[:at] + character + token[at + 1 :]
    try:
        assert open_answer(changed, [KEY.public()], mine, NOW) == claims(mine)
    except WrongAnswer:
        assert changed != token


@given(st.text())
def test_whatever_is_no_answer_is_refused(text: str) -> None:
    expect = Expect("0" * 26, b"\0" * 32, b"\0" * 32, "jukinet://kiosk/21361/k1", b"\0" * 32, "21202")
    assert wrong(text, expect) == "form"
    with pytest.raises(WrongAnswer):
        claimed_node(text)


@few
@given(expectations)
def test_a_key_that_the_directory_does_not_name_is_refused_by_kid(mine: Expect) -> None:
    assert wrong(sign_answer(claims(mine), OTHER_KEY), mine) == "kid"
    assert wrong(sign_answer(claims(mine), KEY), mine, keys=()) == "kid"


@few
@given(expectations)
def test_times(mine: Expect) -> None:
    token = sign_answer(claims(mine), KEY)
    assert open_answer(token, [KEY.public()], mine, NOW - timedelta(minutes=2))
    assert wrong(token, mine, now=NOW - timedelta(minutes=3)) == "issued"
    assert wrong(token, mine, now=NOW + timedelta(minutes=6)) == "expires"
    assert wrong(sign_answer(claims(mine, issued="yesterday"), KEY), mine) == "issued"
    assert wrong(sign_answer(claims(mine, expires="2026-11-24T13:00:00"), KEY), mine) == "expires"


def test_other_kinds_of_token_are_refused() -> None:
    mine = Expect("0" * 26, b"\0" * 32, b"\0" * 32, "jukinet://kiosk/21361/k1", b"\0" * 32, "21202")
    payload = msgspec.json.encode(claims(mine))
    assert wrong(KEY.sign("jukinet-directory+jws", payload), mine) == "typ"
    assert wrong(KEY.sign("JWT", payload), mine) == "typ"
    assert wrong(KEY.sign("jukinet-answer+jws", b"{}"), mine) == "claims"
    assert wrong(KEY.sign("jukinet-answer+jws", payload[:-1] + b',"more":1}'), mine) == "claims"
    unsigned = jws.serialize_compact({"alg": "none", "typ": "jukinet-answer+jws", "kid": KEY.kid}, payload, None, algorithms=["none"])
    assert wrong(unsigned, mine) in ("form", "signature")


def test_directory_of_the_whole_country_fits() -> None:
    towns = [
        {
            "code": f"{number:05d}",
            "name": "岐阜県不破郡垂井町",
            "prefecture": "21",
            "urls": ["https://node.example:8443"],
            "keys": [KEY.public()],
        }
        for number in range(1741)
    ]
    whole = {"version": 1, "issued": NOW.isoformat(), "centre_name": "c", "centre_urls": [], "prefectures": [], "towns": towns}
    directory = msgspec.convert(whole, Directory)
    token = sign_directory(directory, KEY)
    assert open_directory(token, KEY.public()) == directory
    with pytest.raises(WrongAnswer, match="kid"):
        open_directory(token, OTHER_KEY.public())


def test_keys_on_disk(tmp_path: Path) -> None:
    KEY.save(tmp_path / "key.json")
    assert (tmp_path / "key.json").stat().st_mode & 0o077 == 0
    assert AnswerKey.load(tmp_path / "key.json").public() == KEY.public()
    assert load_public(tmp_path / "key.json") == KEY.public()
    assert "d" not in KEY.public()


@pytest.mark.parametrize("content", [None, "", "[]", "{}", '{"kty":"RSA"}', "private", '{"kty":"EC","crv":"P-256","x":"AA","y":"AA"}'])
def test_bad_key_files_are_named(tmp_path: Path, content: str | None) -> None:
    file = tmp_path / "key.json"
    if content is not None:
        file.write_text(content)
    for load in (AnswerKey.load, load_public):
        with pytest.raises(SettingsError, match=r"key\.json.*is required"):
            load(file)


def test_digest() -> None:
    assert digest(b"abc").hex() == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
