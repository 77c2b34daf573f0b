"""The rival: a copy issued as a plain FastAPI service would do it. pydantic for messages, SQLAlchemy's ORM, uvicorn with httptools and
uvloop, TLS with client certificates; one transaction a request in FastAPI's own threads, SQLite as the node has it (WAL, FULL).

The same deed on the same bytes: visit and nonce checked, the home town's signature checked, number, seal, signature, issue, notice to the
home town and a line of the log in one commit. The seal is made by the node's own code. It does less than the node: its log is a plain hash
chain without tree, checkpoint and proof in the answer, its outbox sends nothing, it does not look at who asks.
"""

import base64
import hashlib
import json
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

import msgspec
import uvicorn
from fastapi import Depends, FastAPI, HTTPException
from joserfc import jws
from joserfc.jwk import ECKey
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import ForeignKey, create_engine, event, func, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship

from jukinet.messages import Extract, Issuer
from jukinet.node.issuance import issue_number
from jukinet.node.seal import SealKey, make_seal
from jukinet.seal_facts import facts_of

STATEMENT = "この写しは、住所地市町村長から通知された住民票の記載事項と相違ないことを証明する。"


class Table(DeclarativeBase):
    pass


class Visit(Table):
    __tablename__ = "visits"
    id: Mapped[str] = mapped_column(primary_key=True)
    kiosk: Mapped[str]
    nonce: Mapped[bytes]
    issue: Mapped["Issued | None"] = relationship(back_populates="visit")


class Issued(Table):
    __tablename__ = "issues"
    id: Mapped[int] = mapped_column(primary_key=True)
    visit_id: Mapped[str] = mapped_column(ForeignKey("visits.id"), unique=True)
    digest: Mapped[bytes]
    home: Mapped[str]
    day: Mapped[str] = mapped_column(index=True)
    serial: Mapped[int]
    number: Mapped[str]
    seal: Mapped[bytes]
    answer: Mapped[str]
    status: Mapped[str]
    visit: Mapped[Visit] = relationship(back_populates="issue")


class Notice(Table):
    __tablename__ = "outbox"
    id: Mapped[int] = mapped_column(primary_key=True)
    destination: Mapped[str]
    body: Mapped[str]


class LogLine(Table):
    __tablename__ = "audit"
    id: Mapped[int] = mapped_column(primary_key=True)
    entry: Mapped[str]
    hash: Mapped[bytes]


class Message(BaseModel):
    model_config = ConfigDict(extra="forbid")


class IssueAsk(Message):
    v: int = 1
    visit: Annotated[str, Field(pattern=r"^[0-9A-HJKMNP-TV-Z]{26}$")]
    nonce: str
    town: Annotated[str, Field(pattern=r"^\d{5}$")]
    kiosk: Annotated[str, Field(pattern=r"^[a-z0-9-]{1,32}$")]
    extract: Annotated[str, Field(max_length=262_144)]
    copies: Annotated[int, Field(ge=1, le=10)]
    pages: Annotated[int, Field(ge=1, le=99)] = 1


class Claims(Message):
    v: int
    visit: str
    nonce: str
    card: str
    kiosk: str
    request: str
    node: str
    issued: datetime
    expires: datetime
    body: dict[str, Any]


class Signed(Message):
    answer: str


def make_app(database: Path, home: dict[str, str], answer_key: ECKey, seal_key: SealKey, town: str, name: str) -> FastAPI:
    engine = create_engine(f"sqlite:///{database}")

    @event.listens_for(engine, "connect")
    def _connected(connection: Any, _record: object) -> None:
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=20000"):
            connection.execute(f"PRAGMA {pragma}")
        connection.isolation_level = None

    @event.listens_for(engine, "begin")
    def _begun(connection: Any) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    app, home_key = FastAPI(), ECKey.import_key(dict(home))

    def session() -> Iterator[Session]:
        with Session(engine) as opened:
            yield opened

    @app.post("/v1/issues")
    def issue(ask: IssueAsk, db: Annotated[Session, Depends(session)]) -> Signed:
        request = hashlib.sha256(ask.model_dump_json().encode()).digest()
        visit = db.get(Visit, ask.visit)
        if visit is None or visit.nonce != base64.b64decode(ask.nonce):
            raise HTTPException(403, "nonce")
        if visit.issue is not None:
            if visit.issue.digest != request:
                raise HTTPException(422, "other request")
            return Signed(answer=visit.issue.answer)
        claims = Claims.model_validate_json(jws.deserialize_compact(ask.extract, home_key, ["ES256"]).payload)
        now = datetime.now(UTC)
        if claims.visit != ask.visit or claims.nonce != ask.nonce or claims.expires < now:
            raise HTTPException(403, "extract")
        day = now.date()
        last = db.scalar(select(Issued.serial).where(Issued.day == day.isoformat()).order_by(Issued.serial.desc()).limit(1)) or 0
        number = issue_number(day, name, ask.kiosk, last + 1)
        issuer = Issuer(town=town, town_name=name, title=f"{name}長", name="見本　一郎")
        extract = msgspec.convert(claims.body, Extract)
        of_extract = hashlib.sha256(ask.extract.encode()).digest()
        seal = make_seal(facts_of(extract, of_extract, issuer, number, day.isoformat(), ask.pages), seal_key)
        body = {
            "type": "issue",
            "issuer": msgspec.to_builtins(issuer),
            "date": day.isoformat(),
            "statement": STATEMENT,
            "extract": base64.b64encode(of_extract).decode(),
            "copies": [{"serial": last + 1, "number": number, "seal": seal.text}],
            "fee": 0,
        }
        mine = claims.model_copy(
            update={
                "request": base64.b64encode(request).decode(),
                "node": town,
                "issued": now,
                "expires": now + timedelta(minutes=30),
                "body": body,
            }
        )
        header = {"alg": "ES256", "kid": "plain"}
        answer = jws.serialize_compact(header, mine.model_dump_json().encode(), answer_key, algorithms=["ES256"])
        row = Issued(
            digest=request,
            home=claims.node,
            day=day.isoformat(),
            serial=last + 1,
            number=number,
            seal=seal.id,
            answer=answer,
            status="issued",
        )
        visit.issue = row
        db.add(Notice(destination=claims.node, body=json.dumps({"visit": ask.visit, "status": "issued", "copies": ask.copies})))
        before = db.scalar(select(LogLine.hash).order_by(LogLine.id.desc()).limit(1)) or b""
        entry = json.dumps({"kind": "issued", "at": now.isoformat(), "visit": ask.visit, "home": claims.node, "serial": last + 1})
        db.add(LogLine(entry=entry, hash=hashlib.sha256(before + entry.encode()).digest()))
        db.commit()
        return Signed(answer=answer)

    return app


def make_database(database: Path, visits: list[tuple[str, str, bytes]]) -> None:
    """`visits`: id, kiosk, nonce. What the questions before the issue would have left."""
    engine = create_engine(f"sqlite:///{database}")
    Table.metadata.create_all(engine)
    with Session(engine) as db:
        db.add_all(Visit(id=name, kiosk=kiosk, nonce=nonce) for name, kiosk, nonce in visits)
        db.commit()
        assert db.scalar(select(func.count()).select_from(Visit)) == len(visits)
    engine.dispose()


def main(database: Path, root: Path, town: str, name: str, home: str, port: int) -> None:
    """Serves with the lab's own keys and certificates."""
    node, files = root / "nodes" / town, root / "nodes" / home
    other = ECKey.import_key(json.loads((files / "answer.jwk.json").read_text()))
    app = make_app(
        database,
        {key: str(value) for key, value in other.as_dict(private=False).items()},
        ECKey.import_key(json.loads((node / "answer.jwk.json").read_text())),
        SealKey.load(node / "seal.pem"),
        town,
        name,
    )
    tls = {"ssl_certfile": node / "cert.pem", "ssl_keyfile": node / "key.pem", "ssl_ca_certs": root / "ca" / "ca.pem", "ssl_cert_reqs": 2}
    uvicorn.run(app, host="127.0.0.1", port=port, log_level="warning", access_log=False, timeout_keep_alive=600, **tls)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), *sys.argv[3:6], int(sys.argv[6]))
