"""Which body may ask what: the signed table, judged for each question. What it does not name is refused.

The centre makes it out of a TOML file (`assets/agencies/table.toml` says what may stand there) and signs it with the directory's key.
`Rights` is pure; `RightsBook` holds the newest table that is good.
"""

import tomllib
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec

from jukinet.agency_messages import AgencyTable, Body, BodyKind, FindBy, Form, Grant, Sought
from jukinet.errors import Kind, Problem, SettingsError, WrongAnswer
from jukinet.node.trust import keep
from jukinet.peers import Peer, PeerKind
from jukinet.signing import PublicKey, open_agencies

_Stat = tuple[int, int, int]


def read_table(text: str, version: int, issued: str) -> AgencyTable:
    """The table that a TOML file says, unsigned. Raises ValueError with what is wrong."""
    whole: dict[str, Any] = tomllib.loads(text)
    bodies = [{"name": name, **body} for name, body in whole.pop("bodies", {}).items()]
    try:
        table = msgspec.convert(
            {"version": version, "issued": issued, "bodies": bodies, "grants": whole.pop("grants", []), **whole}, AgencyTable
        )
    except msgspec.ValidationError as error:
        raise ValueError(str(error)) from None
    if wrong := what_is_wrong(table):
        raise ValueError("; ".join(wrong))
    return table


def what_is_wrong(table: AgencyTable) -> list[str]:
    bodies = {body.name: body for body in table.bodies}
    wrong = [f"{body.name}: is there twice" for body in table.bodies if bodies[body.name] is not body]
    wrong += [
        f"{body.name}: a body of a prefecture or a municipality names its prefecture, no other does"
        for body in table.bodies
        if bool(body.prefecture) != (body.kind in (BodyKind.PREFECTURE, BodyKind.MUNICIPALITY))
    ]
    seen = set()
    for grant in table.grants:
        body, name = bodies.get(grant.body), f"{grant.body} {grant.affair}"
        if body is None:
            wrong.append(f"{name}: there is no such body")
        elif body.kind is BodyKind.PRIVATE:
            wrong.append(f"{name}: a private body may be granted nothing")
        if (grant.body, grant.affair) in seen:
            wrong.append(f"{name}: is there twice")
        seen.add((grant.body, grant.affair))
    return wrong


class Rights:
    """One table. Default: no. `raw` is the JWS that it came as."""

    def __init__(self, table: AgencyTable, raw: str = "") -> None:
        self.table, self.raw = table, raw
        self._bodies = {body.name: body for body in table.bodies}
        self._grants = {(grant.body, grant.affair): grant for grant in table.grants}

    def is_older_than(self, other: "Rights") -> bool:
        """By version; among tables of one version by when they were signed."""
        return (self.table.version, self.table.issued) < (other.table.version, other.table.issued)

    def body(self, peer: Peer) -> Body:
        """Raises Problem(NOT_ALLOWED): body (not in the table), private."""
        body = self._bodies.get(peer.code) if peer.kind is PeerKind.AGENCY else None
        if body is None:
            raise Problem(Kind.NOT_ALLOWED, "body")
        if body.kind is BodyKind.PRIVATE:
            raise Problem(Kind.NOT_ALLOWED, "private")
        return body

    def grant(self, body: Body, affair: str, form: Form, sought: Sequence[Sought]) -> Grant:
        """The line that allows this. Raises Problem(NOT_ALLOWED): affair, form, code (to find by 住民票コード), four."""
        grant = self._grants.get((body.name, affair))
        if grant is None:
            raise Problem(Kind.NOT_ALLOWED, "affair")
        if form not in grant.forms:
            raise Problem(Kind.NOT_ALLOWED, "form")
        if FindBy.CODE not in grant.find_by and any(each.resident_code is not None for each in sought):
            raise Problem(Kind.NOT_ALLOWED, "code")
        if FindBy.FOUR not in grant.find_by and any(each.four is not None for each in sought):
            raise Problem(Kind.NOT_ALLOWED, "four")
        return grant


NO_RIGHTS = Rights(AgencyTable(version=1, issued="", bodies=[], grants=[]))


class RightsBook:
    """The table in force, looked up in its file with each question: a changed one counts from the next question on.

    One that is not signed by the centre, or older than the one in force, changes nothing and is recorded once. The newest that was ever
    in force is kept in the node's data folder, as the directory is, so that an older one cannot come back with a restart.
    """

    def __init__(self, file: Path, kept: Path, key: PublicKey, note: Callable[..., None]) -> None:
        """`note(kind, **fields)` writes an entry of `assets/events.toml`. Raises SettingsError."""
        self._file, self._kept, self._key, self._note = file, kept, key, note
        self._seen = self._stat()
        try:
            self._rights = self._read(file)
        except (OSError, ValueError) as error:
            raise SettingsError(f"{file}: cannot be read ({error}); the centre's signed table of agencies is required") from None
        except WrongAnswer as wrong:
            raise SettingsError(f"{file}: no table of agencies signed with the directory's key ({wrong.field})") from None
        with suppress(OSError, ValueError, WrongAnswer):
            newest = self._read(kept)
            if self._rights.is_older_than(newest):
                self._rights = newest
        keep(self._kept, self._rights.raw.encode("ascii"))

    def rights(self) -> Rights:
        if (there := self._stat()) != self._seen:
            self._seen = there
            self._renew()
        return self._rights

    def _renew(self) -> None:
        try:
            new = self._read(self._file)
        except (OSError, ValueError):
            self._note("node_agency_table_refused", reason="form")
            return
        except WrongAnswer as wrong:
            self._note("node_agency_table_refused", reason=wrong.field)
            return
        if new.is_older_than(self._rights):
            self._note("node_agency_table_refused", reason="older")
            return
        keep(self._kept, new.raw.encode("ascii"))
        self._rights = new
        self._note("node_agency_table", version=new.table.version, grants=len(new.table.grants))

    def _read(self, path: Path) -> Rights:
        raw = path.read_text(encoding="ascii").strip()
        table = open_agencies(raw, self._key)
        if what_is_wrong(table):
            raise WrongAnswer("claims")
        return Rights(table, raw)

    def _stat(self) -> _Stat | None:
        try:
            stat = self._file.stat()
        except OSError:
            return None
        return stat.st_mtime_ns, stat.st_size, stat.st_ino
