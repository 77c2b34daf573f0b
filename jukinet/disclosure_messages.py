"""Who looked at my record (開示): what a kiosk asks, and what a town asks for its resident of whoever keeps the identities.

The answer to a kiosk is signed as all are; its body is `messages.Looks`. What a keeper says is put into it, proofs and all, and judged by
the kiosk (jukinet/looks.py): the town in between cannot alter it.
"""

from typing import Annotated

from msgspec import Meta

from jukinet.agency_messages import ResidentCode
from jukinet.messages import MOST_LOOKS, HouseholdAsk, Look, Message, TownCode, VisitId


class DisclosureAsk(HouseholdAsk, frozen=True, kw_only=True):
    """POST /v1/disclosures. Who looked at my record? With a household question's proof, and passed on like one."""


class ProvisionsAsk(Message, frozen=True, kw_only=True):
    """POST /v1/provisions, home town -> keeper of its residents' identities: what were administrative bodies told of this resident, who
    is asking for it?"""

    visit: VisitId
    town: TownCode
    resident_code: ResidentCode


class Provisions(Message, frozen=True, kw_only=True):
    """Newest first, of those that may be shown. `since` and `agencies` as in `Looks`."""

    since: str
    looks: Annotated[list[Look], Meta(max_length=MOST_LOOKS)]
    more: bool = False
    agencies: str = ""
