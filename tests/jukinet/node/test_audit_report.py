"""A month's report: hours are local, what a paper explains is explained, what is missing or refused is named."""

from collections.abc import Mapping
from typing import Any

from jukinet.node.audit.report import as_text, read_month

KIOSK, TOWN = "jukinet://kiosk/21361/k1", "jukinet://node/21202"
V1, V2, V3 = "01ARZ3NDEKTSV4RRFFQ69G5FA1", "01ARZ3NDEKTSV4RRFFQ69G5FA2", "01ARZ3NDEKTSV4RRFFQ69G5FA3"


def line(at: str, kind: str, **fields: Any) -> Mapping[str, Any]:
    return {"at": at, "kind": kind, "node": "21361", "seq": 0, **fields}


def told(at: str, visit: str, actor: str = TOWN, subject: str = "aa") -> Mapping[str, Any]:
    return line(at, "node_household_told", actor=actor, visit=visit, subject=subject, request="", answer="")


def test_hours_and_months_are_local() -> None:
    lines = [told("2026-10-31T15:30:00Z", V1), told("2026-10-31T14:59:59Z", V2)]
    november = read_month("2026-11", lines)
    assert november.hours == {0: 1}
    assert november.lines == {"node_household_told": 1}


def test_a_look_up_is_explained_by_a_paper_or_by_the_resident() -> None:
    lines = [
        told("2026-11-02T01:00:00Z", V1),
        told("2026-11-02T01:00:00Z", V2),
        told("2026-11-02T01:00:00Z", V3),
        line("2026-11-02T01:01:00Z", "node_issue_told", actor=TOWN, visit=V1, subject="aa", status="printed", reason="", copies=1),
        line("2026-12-01T01:01:00Z", "node_visit_closed", actor=KIOSK, visit=V2, reason="stopped"),
    ]
    assert read_month("2026-11", lines).unexplained == {V3: TOWN}


def test_missing_serials_are_named_by_day() -> None:
    def issued(day: str, first: int, copies: int) -> Mapping[str, Any]:
        return line(f"{day}T01:00:00Z", "node_issued", actor=KIOSK, visit=V1, day=day, first_serial=first, copies=copies)

    whole = [issued("2026-11-02", 1, 2), issued("2026-11-02", 3, 1), issued("2026-11-04", 1, 1)]
    assert read_month("2026-11", whole).gaps == []
    assert read_month("2026-11", [whole[0], issued("2026-11-02", 6, 1)]).gaps == ["2026-11-02: 003 to 005"]


def test_refusals_outcomes_and_curious_peers() -> None:
    lines = [
        line("2026-11-02T01:00:00Z", "node_refused", actor="10.0.0.9", reason="certificate revoked"),
        line("2026-11-02T01:00:00Z", "node_question_refused", actor=KIOSK, visit=V1, path="households", problem="card-revoked:lost"),
        line("2026-11-02T01:00:00Z", "node_outcome", actor=KIOSK, visit=V1, status="voided", reason="paper_out", copies_printed=0),
        line("2026-11-02T01:00:00Z", "node_split_view", log="jukinet/21361/exchanges", said_by="jukinet/21", size=7),
        *[told("2026-11-02T01:00:00Z", f"{V1[:-1]}{number}", f"{TOWN}{number}") for number in range(3)],
    ]
    month = read_month("2026-11", lines)
    assert month.refusals == {("10.0.0.9", "certificate revoked"): 1, (KIOSK, "card-revoked:lost"): 1}
    assert month.outcomes == {"voided": 1}
    assert month.asked_often == {"aa": 3}
    text = as_text(month)
    assert "jukinet/21361/exchanges at 7, said by jukinet/21" in text
    assert "Serial numbers missing: none" in text
    assert max(map(len, text.splitlines())) <= 80


def test_what_administrative_bodies_asked_and_were_refused() -> None:
    body, at = "jukinet://agency/pension", "2026-11-02T01:00:00Z"
    same = {"actor": body, "affair": "pension-status", "ground": "住民基本台帳法30条の9", "items": ["address"], "subjects": "00"}
    lines = [
        line(at, "node_agency_answered", **same, match=1, changed=0, deceased=0, not_found=0),
        line(at, "node_agency_batch", **same, batch=V1, piece=0, match=240, changed=7, deceased=2, not_found=1),
        line(at, "node_agency_refused", actor=body, affair="anything", problem="not-allowed:affair"),
    ]
    month = read_month("2026-11", lines)
    assert month.asked_by_bodies == {(body, "pension-status", "住民基本台帳法30条の9"): 251}
    assert month.refusals == {(body, "not-allowed:affair"): 1}
    assert "pension pension-status 住民基本台帳法30条の9" in as_text(month)
