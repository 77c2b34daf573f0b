"""Whom `kiosk demo --resident` can send: one for each service, each kind of record and each way in which a terminal says no.

A name is a card's in the lab (`assets/people/cases.toml`), with ":SERVICE" where it is not a copy that is wanted. `ends` is where the visit
comes to: anything else is a failure of the demo.
"""

from dataclasses import dataclass

import msgspec

from kiosk.session.states import Reason, State
from kiosk.settings import TownSettings

COPY = """
see insert_card
card {card}
pin 1234
see choose_persons
tap persons.all
tap persons.next
tap items.relationship
tap items.next
tap copies.next
see confirm
tap confirm.yes
see take_card
pull
see take_paper
take
tap receipt.no
see goodbye
"""
ALONE = COPY.replace("tap persons.all\n", "")  # nobody else is in the household
PIN = """
see insert_card
card {card}
pin 1234
see new_pin
pin 7391
see new_pin_again
pin 7391
see done
tap ok
pull
see goodbye
"""
LIBRARY = """
see insert_card
card {card}
see card_offer
tap card.register
see done
tap ok
pull
see goodbye
"""
FACILITY = """
see insert_card
card {card}
see card_offer
tap card.register
see card_bookings
tap slots.s1
tap slots.book
see done
tap ok
pull
see goodbye
"""
OPINION = """
see opinion
tap opinion.yes
tap rating.5
tap opinion.send
see done
tap ok
see goodbye
"""
READ = """
see information
tap info.copy
tap info.safety
tap stop
see attract
"""
MOVE = """
see insert_card
card {card}
pin 1234
see choose_movers
tap persons.next
see choose_day
tap day.{day}
tap days.next
see choose_town
tap town.21361
tap towns.next
see move_confirm
tap move.yes
"""
SLIP = """
see done
tap done.print
see take_card
pull
see take_paper
take
see goodbye
"""
MOVE_OUT = MOVE.replace("{day}", "3") + SLIP
TOO_LATE = MOVE.replace("{day}", "-30") + "see refused\n"
# And in a second visit, when the certificate has come: the notice of moving in.
MOVE_IN = (
    MOVE.replace("{day}", "0").replace("tap persons.next", "tap persons.all\ntap persons.next")
    + SLIP
    + """
see attract
tap attract.start
tap service.move
see insert_card
card {card}
pin 1234
see choose_day
tap day.0
tap days.next
see move_confirm
tap move.yes
"""
    + SLIP
)
# As above, but the way in was too long ago.
TOO_LATE_IN = MOVE_IN[: MOVE_IN.rindex("tap day.0")] + "tap day.-30\ntap days.next\nsee move_confirm\ntap move.yes\nsee refused\n"
WELFARE = """
see insert_card
card {card}
pin 1234
see done
tap ok
pull
see goodbye
"""
NO_AREA = "see insert_card\ncard {card}\nsee refused\n"
PAPER_ENDS = (
    COPY[: COPY.index("tap persons.all")]
    + """
hands paper_out
wait 1
tap persons.next
tap items.next
tap copies.next
see refused
"""
)
COVER_OPEN = PAPER_ENDS.replace("paper_out", "open_cover")
LOOKS = """
see insert_card
card {card}
pin 1234
see looks
tap looks.print
see take_card
pull
see take_paper
take
see goodbye
"""
LOCKS = """
see insert_card
card {card}
pin 9999
see refused
"""
TURNED = """
see insert_card
card {card}
pull
tap stop
see goodbye
"""


@dataclass(frozen=True)
class DemoCase:
    """`first` is what is pressed at first, and `ends` the state, or the reason of a refusal, that must have been shown. `for_good`:
    in a network of its own, made anew, since nobody can move twice. `in_use`: a service of the town's that is under discussion otherwise.
    `home_closed`: the residents' town is closed meanwhile."""

    card: str
    script: str = COPY
    first: str = "service.copy"
    ends: State | Reason = State.TAKE_PAPER
    for_good: bool = False
    in_use: str = ""
    home_closed: bool = False

    def town(self, town: TownSettings) -> TownSettings:
        """As the case needs it."""
        ordinances = tuple(
            msgspec.structs.replace(each, state="in use") if each.service == self.in_use else each for each in town.ordinance
        )
        return msgspec.structs.replace(town, ordinance=ordinances)

    @property
    def prints(self) -> bool:
        return self.ends is State.TAKE_PAPER


def _refused(reason: Reason, *cards: str) -> dict[str, DemoCase]:
    return {card: DemoCase(card, ends=reason) for card in cards}


CASES: dict[str, DemoCase] = {
    # copies
    **{card: DemoCase(card) for card in ("hanako", "local", "gaiji", "foreign", "unknown_dates", "large_household")},
    **{card: DemoCase(card, ALONE) for card in ("taro", "long_address")},
    # other services
    "hanako:pin": DemoCase("hanako", PIN, "service.pin", State.DONE),
    "hanako:library": DemoCase("hanako", LIBRARY, "service.library", State.DONE),
    "hanako:facility": DemoCase("hanako", FACILITY, "service.facility", State.DONE),
    "hanako:welfare": DemoCase("hanako", WELFARE, "service.welfare", State.DONE, in_use="welfare"),
    "taro:library": DemoCase("taro", NO_AREA, "service.library", Reason.AREA_NONE),
    "hanako:disclosure": DemoCase("hanako", LOOKS, "service.disclosure", State.LOOKS),
    "taro:too_late": DemoCase("taro", TOO_LATE, "service.move", Reason.MOVE_LATE_NOTICE),
    "taro:move": DemoCase("taro", MOVE_OUT, "service.move", State.DONE, for_good=True),
    "hanako:move": DemoCase("hanako", MOVE_IN, "service.move", State.DONE, for_good=True),
    "gaiji:too_late": DemoCase("gaiji", TOO_LATE_IN, "service.move", Reason.MOVE_LATE, for_good=True),
    **{
        f"{card}:move": DemoCase(card, first="service.move", ends=reason)
        for card, reason in (
            ("expired_card", Reason.CARD_EXPIRED),
            ("revoked_card", Reason.CARD_REVOKED),
            ("suspended_card", Reason.CARD_SUSPENDED),
            ("protected", Reason.COUNTER),
        )
    },
    "opinion": DemoCase("", OPINION, "service.welfare", State.DONE),
    "information": DemoCase("", READ, "info.network", State.INFORMATION),
    # the paper and the other town
    "hanako:paper": DemoCase("hanako", PAPER_ENDS, ends=Reason.PAPER),
    "hanako:printer": DemoCase("hanako", COVER_OPEN, ends=Reason.NO_PRINTER),
    "hanako:home_closed": DemoCase("hanako", ends=Reason.HOME_CLOSED, home_closed=True),
    # the record
    **_refused(Reason.COUNTER, "protected", "moving", "pending"),
    "undrawable": DemoCase("undrawable", ALONE, ends=Reason.COUNTER),
    **_refused(Reason.UNDER_AGE, "child"),
    **_refused(Reason.GONE, "moved", "deceased"),
    # the card
    "last_try_card": DemoCase("last_try_card", LOCKS, ends=Reason.PIN_LOCKED),
    "turned_card": DemoCase("turned_card", TURNED, ends=State.INSERT_CARD),
    **_refused(Reason.PIN_LOCKED, "locked_card"),
    **_refused(Reason.CARD_NOT_OURS, "licence_card"),
    **_refused(Reason.CARD_JUKI_ENDED, "juki_card"),
    **_refused(Reason.CARD_NO_CERTIFICATE, "no_certificate"),
    **_refused(Reason.CARD_EXPIRED, "expired_card"),
    **_refused(Reason.CARD_NOT_YET, "not_yet_card"),
    **_refused(Reason.CARD_FOREIGN, "foreign_ca_card"),
    **_refused(Reason.CARD_TEST, "test_ca_card"),
    **_refused(Reason.CARD_REVOKED, "revoked_card"),
    **_refused(Reason.CARD_MOVED, "moved_card"),
    **_refused(Reason.CARD_RENAMED, "renamed_card"),
    **_refused(Reason.CARD_SUPERSEDED, "superseded_card"),
    **_refused(Reason.CARD_HELD, "held_card"),
    **_refused(Reason.CARD_CEASED, "ceased_card"),
    **_refused(Reason.CARD_SUSPENDED, "suspended_card"),
}
