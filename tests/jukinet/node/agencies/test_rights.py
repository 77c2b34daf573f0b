"""Who may ask what, line by line of the signed table; and what becomes of a table that was changed."""

import json
from itertools import product
from typing import Any

import msgspec
import pytest
from sqlalchemy import select

from jukinet.agency_messages import AgencyTable, BodyKind, FindBy, Form, Grant, IdentityItem, Sought, Verdict
from jukinet.errors import Kind, Problem, SettingsError
from jukinet.node.agencies.rights import Rights, read_table, what_is_wrong
from jukinet.node.agencies.verdict import judge, told_items
from jukinet.node.storage.open import File, open_store
from jukinet.node.storage.tables import audit
from jukinet.peers import Peer, PeerKind
from jukinet.signing import AnswerKey, sign_agencies
from tests.jukinet.node.agencies.office import CENTRE, HOME, SHIPPED, Office, four, identity

AFFAIRS = sorted({grant.affair for grant in SHIPPED.grants} | {"anything-else"})
GRANTS = {(grant.body, grant.affair): grant for grant in SHIPPED.grants}
BY = {FindBy.FOUR: four(), FindBy.CODE: Sought(resident_code=identity().resident_code)}


def expected(body: str, affair: str, by: FindBy, form: Form) -> str:
    """ "" for allowed."""
    grant = GRANTS.get((body, affair))
    if {each.name: each.kind for each in SHIPPED.bodies}[body] is BodyKind.PRIVATE:
        return "private"
    if grant is None:
        return "affair"
    if form not in grant.forms:
        return "form"
    return "" if by in grant.find_by else str(by)


def test_every_body_in_every_affair(office: Office) -> None:
    async def said(body: str, affair: str, by: FindBy, form: Form) -> str:
        try:
            if form is Form.SINGLE:
                found = await office.check(body, affair, BY[by])
            else:
                found = (await office.batch(body, affair, [BY[by]], piece=AFFAIRS.index(affair) * 2 + (by is FindBy.CODE))).findings[0]
        except Problem as problem:
            return problem.reason if problem.kind is Kind.NOT_ALLOWED else str(problem)
        return "" if found.verdict is Verdict.MATCH else str(found.verdict)

    async def story(_: Any) -> None:
        await office.tell(HOME, identity())
        for body, affair, by, form in product([each.name for each in SHIPPED.bodies], AFFAIRS, FindBy, Form):
            assert await said(body, affair, by, form) == expected(body, affair, by, form), (body, affair, by, form)

    office.network.run(story)


@pytest.mark.parametrize("grant", SHIPPED.grants, ids=lambda grant: f"{grant.body} {grant.affair}")
def test_every_item_is_told_if_the_line_lists_it_and_never_else(grant: Grant) -> None:
    code = identity().resident_code
    row = {"town": HOME, "resident_code": code, "my_number": "123456789018", "kana": "アオバ ハナコ"}
    row |= {name: str(getattr(identity(), name)) for name in ("name", "birth", "sex", "address", "change", "changed")}
    by_code = judge(Sought(resident_code=code), (), {code: [row]}, grant)
    assert told_items(by_code.finding) == [item.value for item in IdentityItem if item in grant.items and item != "resident_code"]
    other = four(name="a", birth="b", sex="male", address="c")  # what was true once
    by_four = judge(other, {code}, {code: [row]}, grant)
    assert told_items(by_four.finding) == [item.value for item in IdentityItem if item in grant.items]
    assert set(by_four.finding.changed) <= set(grant.items)
    same = judge(four(), {code}, {code: [row]}, grant)
    assert not {"name", "birth", "sex", "address"} & set(told_items(same.finding)), "the body has them"


# -- the table changes ------------------------------------------------------------------------------------------------


def changed(version: int, **lines: Grant | None) -> AgencyTable:
    """The shipped table with lines of `pension` replaced by affair, or left out."""
    grants = [lines.get(each.affair.replace("-", "_"), each) if each.body == "pension" else each for each in SHIPPED.grants]
    return msgspec.structs.replace(SHIPPED, version=version, grants=[grant for grant in grants if grant is not None])


def entries(office: Office) -> list[dict[str, Any]]:
    store = open_store(office.network.file(CENTRE), File.ISSUES)
    found = store.read_now(lambda connection: list(connection.execute(select(audit.c.entry).order_by(audit.c.seq)).scalars()))
    store.close()
    return [json.loads(each) for each in found]


async def may(office: Office) -> str:
    try:
        await office.check("pension", "pension-status", four())
    except Problem as problem:
        return problem.reason
    return "yes"


def test_a_line_taken_out_is_refused_from_the_next_question_on(office: Office) -> None:
    async def story(_: Any) -> list[str]:
        said = [await may(office)]
        office.sign(changed(2, pension_status=None))
        said.append(await may(office))
        office.sign(changed(3))
        return [*said, await may(office)]

    assert office.network.run(story) == ["yes", "affair", "yes"]
    kinds = [(line["kind"], line.get("problem")) for line in entries(office)]
    assert ("node_agency_refused", "not-allowed:affair") in kinds


def test_the_log_shows_the_ground_that_counted(office: Office) -> None:
    line = GRANTS["pension", "pension-status"]

    async def story(_: Any) -> None:
        await may(office)
        office.sign(changed(2, pension_status=msgspec.structs.replace(line, ground="別の法律1条", items=[])))
        await may(office)

    office.network.run(story)
    said = [(line["ground"], line["items"]) for line in entries(office) if line["kind"] == "node_agency_answered"]
    assert said == [("住民基本台帳法30条の9", ["address", "change"]), ("別の法律1条", [])]


@pytest.mark.parametrize("why", ["signature", "kid", "older", "form", "claims"])
def test_a_table_that_is_not_good_changes_nothing_and_is_recorded(office: Office, why: str) -> None:
    office.sign(changed(5))
    file = office.network.agencies
    generous = changed(6, pension_status=msgspec.structs.replace(GRANTS["pension", "pension-status"], body="licences"))
    private = msgspec.structs.replace(generous, grants=[msgspec.structs.replace(generous.grants[0], body="shop")])
    head, body, seal = sign_agencies(generous, office.network.centre).split(".")
    tables = {
        "signature": f"{head}.{body}.{seal[:40]}{'A' if seal[40] != 'A' else 'B'}{seal[41:]}",
        "kid": sign_agencies(generous, AnswerKey.make()),
        "older": sign_agencies(changed(4, pension_status=None), office.network.centre),
        "form": "neither",
        "claims": sign_agencies(private, office.network.centre),
    }

    async def story(_: Any) -> str:
        await may(office)
        file.write_text(tables[why])
        return await may(office)

    assert office.network.run(story) == "yes"
    assert [line["reason"] for line in entries(office) if line["kind"] == "node_agency_table_refused"] == [why]


def test_an_older_table_does_not_come_back_with_a_restart(office: Office) -> None:
    office.sign(changed(2, pension_status=None))
    assert office.network.run(lambda _: may(office)) == "affair"
    office.sign(changed(1))
    assert office.network.run(lambda _: may(office)) == "affair"


def test_a_node_does_not_start_on_a_table_that_nobody_signed(office: Office) -> None:
    office.network.agencies.write_text("x.y.z")
    with pytest.raises(SettingsError, match=r"agencies\.jws: no table of agencies signed"):
        office.network.run(lambda _: may(office))


def test_without_a_table_nobody_may_ask(office: Office) -> None:
    office.network.agencies = None
    assert office.network.run(lambda _: may(office)) == "body"


def test_a_private_body_is_refused_whatever_a_table_says() -> None:
    body = next(each for each in SHIPPED.bodies if each.kind is BodyKind.PRIVATE)
    rights = Rights(msgspec.structs.replace(SHIPPED, grants=[msgspec.structs.replace(SHIPPED.grants[0], body=body.name)]))
    with pytest.raises(Problem) as caught:
        rights.body(Peer(f"jukinet://agency/{body.name}", PeerKind.AGENCY, body.name))
    assert (caught.value.kind, caught.value.reason) == (Kind.NOT_ALLOWED, "private")
    assert what_is_wrong(rights.table) == [f"{body.name} pension-status: a private body may be granted nothing"]


@pytest.mark.parametrize("kind", [kind for kind in PeerKind if kind is not PeerKind.AGENCY])
def test_no_other_peer_is_a_body(kind: PeerKind) -> None:
    with pytest.raises(Problem) as caught:
        Rights(SHIPPED).body(Peer("jukinet://node/21361", kind, "pension"))
    assert caught.value.reason == "body"


LINE = '[[grants]]\nbody = "b"\naffair = "x"\ntitle = "t"\nground = "g"\nforms = ["single"]\n'


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("more = 1", "unknown field"),
        ('[bodies.a]\ntitle = "t"\nkind = "club"', "kind"),
        ('[bodies.a]\ntitle = "t"\nkind = "prefecture"', "a: a body of a prefecture"),
        ('[bodies.a]\ntitle = "t"\nkind = "state"\nprefecture = "21"', "a: a body of a prefecture"),
        (
            '[[grants]]\nbody = "b"\naffair = "x"\ntitle = "t"\nground = "g"\nfind_by = ["four"]\nforms = ["single"]',
            "b x: there is no such body",
        ),
        ('[[grants]]\nbody = "b"\naffair = "x"\ntitle = "t"\nground = "g"\nfind_by = ["name"]\nforms = ["single"]', "find_by"),
    ],
)
def test_a_table_is_not_made_of_anything_wrong(text: str, wrong: str) -> None:
    with pytest.raises(ValueError, match=wrong):
        read_table(text, 1, "2026-11-24T00:00:00Z")
