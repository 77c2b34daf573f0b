"""How old may be what a node knows of the network? Pure: instants in, a word out.

A node works on while the centre is away, on the last directory and the last revocation lists that it has, but not for ever: somebody
may have been struck off since. How long is a matter of the work. To issue is to hand out a paper that courts believe; to answer another
node is to hand out a record; what became of a visit must be told in any case.

A directory ages from the moment it was signed, a revocation list from the moment its successor was due (`nextUpdate`).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class Work(StrEnum):
    STATUS = "status"  # how a node is, what became of a visit: always answered
    ANSWER = "answer"  # a record, a card or identities for another node
    ISSUE = "issue"  # a resident's visit at a kiosk


@dataclass(frozen=True)
class Patience:
    """How old a directory may be for each work, and how long a revocation list may be overdue."""

    directory: dict[Work, timedelta]
    crl: dict[Work, timedelta]

    @classmethod
    def of_hours(cls, issue: int, answer: int, crl_issue: int, crl_answer: int) -> "Patience":
        directory = {Work.ISSUE: timedelta(hours=issue), Work.ANSWER: timedelta(hours=answer)}
        return cls(directory, {Work.ISSUE: timedelta(hours=crl_issue), Work.ANSWER: timedelta(hours=crl_answer)})

    def too_old(self, work: Work, issued: datetime, due: datetime, now: datetime) -> str:
        """What forbids this work: "directory" (signed at `issued`), "crl" (whose successor was due at `due`), or ""."""
        if work is Work.STATUS:
            return ""
        if now - issued > self.directory[work]:
            return "directory"
        return "crl" if now - due > self.crl[work] else ""

    def warning(self, issued: datetime, due: datetime, now: datetime) -> str:
        """What an operator should look at, from the mildest on: "", "crl overdue", "no issue: crl", "no answers: directory" …"""
        for work, words in ((Work.ANSWER, "no answers"), (Work.ISSUE, "no issue")):
            if what := self.too_old(work, issued, due, now):
                return f"{words}: {what}"
        return "crl overdue" if now > due else ""
