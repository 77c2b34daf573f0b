"""Puts a node together: opens its files, checks its log, and joins the parts."""

import random
import secrets
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial

from jukinet.node.agencies.desk import open_desk
from jukinet.node.asker import Asker
from jukinet.node.audit.log import AuditLog, Group, Stream, subject_key
from jukinet.node.audit.reading import verify
from jukinet.node.audit.watching import Watching
from jukinet.node.cards import CardChecker
from jukinet.node.directory import DirectoryBook
from jukinet.node.disclosure import Disclosures
from jukinet.node.exchange import Exchange
from jukinet.node.first_cards import FirstCards
from jukinet.node.home import Home
from jukinet.node.identity import IdentityTeller
from jukinet.node.issuance import Issuance
from jukinet.node.metrics.counts import Counts
from jukinet.node.moves.arriving import NewTown
from jukinet.node.moves.cards import MovedCards
from jukinet.node.moves.desk import MoveDesk
from jukinet.node.moves.leaving import OldTown
from jukinet.node.municipal import Municipal
from jukinet.node.nonces import Nonces
from jukinet.node.outbox import Outbox, Pauses
from jukinet.node.seal import SealKey
from jukinet.node.services import Services
from jukinet.node.settings import NodeSettings
from jukinet.node.storage.open import File, StorageError, open_store
from jukinet.notes import LogKey, log_owner
from jukinet.signing import AnswerKey

PAUSES = Pauses()


def open_services(
    settings: NodeSettings,
    lines: Asker,
    book: DirectoryBook,
    clock: Callable[[], datetime],
    *,
    entropy: Callable[[int], bytes] = secrets.token_bytes,
    chance: Callable[[], float] = random.random,
    pauses: Pauses = PAUSES,
    counts: Counts | None = None,
    committed: Callable[[Sequence[Group]], None] = lambda groups: None,
) -> Services:
    """Opens both files, checks the log, and puts the node together. `committed` is told of each commit's lines of the log.

    Raises SettingsError; StorageError is one."""
    counts = counts or Counts()
    log = AuditLog(settings.code, subject_key(settings.data / "subject.key", entropy), clock, committed=committed)
    log_key = LogKey.load(log_owner(settings.code), settings.log_key)
    checker = CardChecker.load(settings.card_anchors)
    register = open_store(settings.place(File.REGISTER), File.REGISTER, counted=counts.group(File.REGISTER), read_later=True)
    issues = open_store(settings.place(File.ISSUES), File.ISSUES, log.seal_group, counts.group(File.ISSUES))
    sizes = {}
    for stream in Stream:
        verdict = issues.read_now(partial(verify, town=settings.code, stream=stream))
        if verdict.wrong:
            raise StorageError(f"{settings.place(File.ISSUES)}: the log of {stream} does not hold: {verdict.wrong}")
        sizes[str(stream)] = verdict.size
    issues.write_now(lambda connection: log.append(connection, "node_started", **sizes))
    outbox = Outbox(settings.code, issues, lines, log, chance, pauses)
    watching = Watching(settings.code, log_key, log, issues, lines, book, settings.retention, clock)
    prover = watching.prover
    municipal = None
    if settings.issue is not None:
        key = AnswerKey.load(settings.answer_key)
        code, uri, name = settings.code, settings.uri, settings.name
        nonces = Nonces(code, log, clock, entropy)
        home = Home(code, name, settings.hours, register, issues, log, prover, checker, key, clock)
        seal = SealKey.load(settings.seal_key)
        exchange = Exchange(code, uri, home, issues, nonces, log, checker, lines, clock)
        cards, hours = MovedCards(code, issues, outbox, log, book, clock), settings.hours
        old = OldTown(code, hours, home, register, issues, outbox, log, prover, book, key, cards, clock)
        new = NewTown(code, hours, home, register, issues, outbox, log, prover, book, cards, clock)
        municipal = Municipal(
            nonces,
            home,
            exchange,
            Issuance(code, uri, name, settings.issue, home, issues, nonces, outbox, log, prover, book, key, seal, clock),
            IdentityTeller(code, register, issues, outbox, log, settings.keeping.today),
            MoveDesk(code, exchange, home, old, new, cards, issues, outbox, log, prover, lines),
            Disclosures(code, settings.retention.exchanges, exchange, home, issues, log, prover, book, lines),
            FirstCards(register, issues, cards),
        )
    desk = None if municipal is not None else open_desk(settings, book, register, issues, log, clock)
    return Services(settings, book, clock, register, issues, log, outbox, checker, municipal, watching, desk)
