"""Views of every state for the gallery. All people and places are invented, or are names of municipalities."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from io import BytesIO

from PIL import Image, ImageDraw

from jukinet.messages import Item
from kiosk.session import events as on
from kiosk.session import view as show
from kiosk.session.ease import USUAL, Ease, choices
from kiosk.session.events import Event
from kiosk.session.looks import Look
from kiosk.session.own import Booking
from kiosk.session.parts import PARTS
from kiosk.session.states import PinName, Reason, State, Step
from kiosk.session.topics import TOPICS, Names
from kiosk.session.view import View
from kiosk.words import LANGUAGES

Actions = dict[str, Event]

_LANGUAGES: Actions = {
    **{f"language.{language}": on.LanguageChosen(language) for language in LANGUAGES},
    **{action: on.EaseChosen(ease) for action, ease in choices(USUAL)},
    "help.staff": on.StaffWanted(),
}
_STOP: Actions = {"stop": on.Stop()}
_TALK: Actions = {**_LANGUAGES, **_STOP}
_BACK: Actions = {"back": on.Back(), **_TALK}
_OK: Actions = {"ok": on.Forward(), **_LANGUAGES}
_PAD: Actions = {
    **{f"pin.{digit}": on.PinKey(digit) for digit in range(10)},
    "pin.erase": on.PinKey(-1),
    "pin.shuffle": on.EaseChosen(Ease(shuffle=True)),
}

_CONTACT = "垂井町役場 住民課 0584-00-0000"

FAMILY = (
    show.PersonChoice(1, "山田　花子", "ヤマダ　ハナコ", True, True),
    show.PersonChoice(2, "山田　太郎", "ヤマダ　タロウ", True, False),
    show.PersonChoice(3, "山田　さくら", "ヤマダ　サクラ", False, False),
)
RARE = (
    show.PersonChoice(1, "𠮷野　葛\U000e0102男", "ヨシノ　クズオ", True, True),
    show.PersonChoice(2, "髙﨑　邉", "タカサキ　アタリ", False, False),
    show.PersonChoice(3, "MAXIMILIANA ALEXANDRA VON HOHENBURG-WEISSENSTEIN 通称　白石　亜里沙", "シライシ　アリサ", True, False),
)
MANY = tuple(
    show.PersonChoice(number, f"大森　{given}", f"オオモリ　{kana}", number % 2 == 1, number == 1)
    for number, (given, kana) in enumerate(
        [
            ("一郎", "イチロウ"),
            ("二葉", "フタバ"),
            ("三奈", "ミナ"),
            ("四季", "シキ"),
            ("五月", "サツキ"),
            ("六花", "リッカ"),
            ("七海", "ナナミ"),
            ("八重", "ヤエ"),
            ("九十九", "ツクモ"),
            ("十和子", "トワコ"),
            ("千尋", "チヒロ"),
            ("万里", "マリ"),
        ],
        start=1,
    )
)

CROWD = tuple(show.PersonChoice(number, f"小川　{number}郎", "オガワ　ロウ", False, number == 1) for number in range(1, 20))


def sheet() -> bytes:
    """A picture of paper for the preview: lines where text would stand. PNG."""
    picture = Image.new("L", (576, 1100), 255)
    pen = ImageDraw.Draw(picture)
    pen.rectangle((140, 40, 436, 76), fill=60)
    for row in range(20):
        pen.rectangle((30, 130 + row * 44, 150, 148 + row * 44), fill=150)
        pen.rectangle((180, 130 + row * 44, 330 + (row * 71) % 200, 148 + row * 44), fill=60)
    pen.rectangle((400, 980, 520, 1080), outline=0, width=6)
    out = BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


def _closed(why: str, acts: str) -> show.ClosedShown:
    return show.ClosedShown(why, acts, "T01-4711", "8:30", "17:00", _CONTACT)


def _refused(reason: Reason, slip_printed: bool = False) -> show.RefusedShown:
    return show.RefusedShown(reason, "T01-4711", _CONTACT, "8:30", "17:00", slip_printed)


def _pin(entered: int, tries_left: int | None = None, wrong: bool = False) -> show.PinShown:
    return show.PinShown(PinName.USER_AUTHENTICATION, entered, 4, tries_left, wrong)


def _persons(persons: tuple[show.PersonChoice, ...]) -> tuple[show.PersonsShown, Actions]:
    actions: Actions = {f"persons.{person.number}": on.PersonToggled(person.number) for person in persons}
    actions |= {"persons.all": on.PersonsChosen(True), "persons.self": on.PersonsChosen(False), "persons.next": on.Forward()}
    return show.PersonsShown(persons, "大垣市"), actions | _BACK


def _confirm(persons: tuple[show.PersonChoice, ...], items: tuple[str, ...], fee: int, preview: bytes | None = None) -> show.ConfirmShown:
    names, kana = (tuple(getattr(person, name) for person in persons) for name in ("name", "kana"))
    return show.ConfirmShown(names, items, 2, fee, 2, preview, kana)


_SERVICES = ("copy", "pin", "move", "disclosure")
NAMES = Names("2026-11-24", "jlis", "my_number", "act")
_TOPICS: Actions = {f"info.{topic}": on.TopicChosen(topic) for topic in TOPICS}
_READ: Actions = {f"info.{TOPICS[0]}": on.TopicChosen(TOPICS[0])}
_SERVICE_ACTIONS: Actions = {**{f"service.{name}": on.ServiceChosen(name) for name in _SERVICES}, **_READ, **_TALK}
_ITEM_ACTIONS: Actions = {**{f"items.{item}": on.ItemToggled(item) for item in Item}, "items.next": on.Forward(), **_BACK}
_CONFIRM_ACTIONS: Actions = {"confirm.yes": on.Yes(), "confirm.preview": on.PreviewWanted(), **_BACK}
_COPIES: Actions = {"copies.next": on.Forward(), **_BACK}
_LESS: Actions = {"copies.less": on.CopiesChanged(-1)}
_MORE: Actions = {"copies.more": on.CopiesChanged(1)}

WHY = (
    ("starting", "clear"),
    ("journal", "maintenance"),
    ("kiosk", "maintenance"),
    ("staff", "clear"),
    ("reader", "clear"),
    ("network_down", "suspend"),
    ("network_suspended", "configuration"),
    ("printer_unknown", "suspend"),
    ("printer_offline", "clear"),
    ("printer_cutter", "clear"),
    ("printer_jam", "clear"),
    ("printer_cover", "clear"),
    ("printer_out", "clear"),
    ("printer_hot", "reset"),
    ("card_left", "clear"),
    ("paper_left", "clear"),
)
FAILURES = (
    ("cutter", "all", "ask_staff"),
    ("jam", "part", "returned"),
    ("out", "some", "nothing_taken"),
    ("cover", "part", "nothing_taken"),
    ("out", "part", "nothing_taken"),
    ("hot", "nothing", "nothing_taken"),
    ("offline", "unknown", "ask_staff"),
    ("low", "nothing", "returned"),
    ("unknown", "unknown", "ask_staff"),
    ("stopped", "nothing", "nothing_taken"),
)
TODAY = tuple(reason for reason in Reason if reason not in (Reason.COUNTER, Reason.HOME_CLOSED, Reason.HOME_UNREACHABLE))
NOT_TODAY = (Reason.COUNTER, Reason.HOME_CLOSED, Reason.HOME_UNREACHABLE)

Case = tuple[str, show.Shown, Actions]


def _waits() -> dict[State, list[Case]]:
    """Counted as in the first service that has them."""
    found: dict[State, list[Case]] = {}
    for part in PARTS.values():
        steps = {State.READING: Step.CARD, State.PROVING: Step.PROOF, **part.steps}
        for number, (state, step) in enumerate(steps.items(), start=1):
            found.setdefault(state, [("step", show.WaitShown(step, number, len(steps)), _TALK)])
    return found


BOOKED = (Booking("2026-12-03", "18:00", "20:00", "中央体育館"),)
SLOTS = (
    Booking("2026-12-05", "09:00", "11:00", "中央体育館"),
    Booking("2026-12-05", "13:00", "15:00", "文化会館 小ホール"),
    Booking("2026-12-06", "18:00", "20:00", "中央公民館 第1会議室"),
)


def _slots(chosen: int | None) -> tuple[tuple[show.SlotChoice, ...], Actions]:
    actions: Actions = {f"slots.s{place}": on.SlotChosen(f"s{place}") for place in range(len(SLOTS))}
    if chosen is not None:
        actions["slots.book"] = on.Forward()
    return tuple(show.SlotChoice(f"s{place}", slot, place == chosen) for place, slot in enumerate(SLOTS)), actions | _BACK


_BOOKED_FACTS = (("place", SLOTS[1].place), ("day", SLOTS[1].day), ("time", SLOTS[1].hours), ("number", "1234567890128"))


def _opinion(use: str, rating: int) -> tuple[show.OpinionShown, Actions]:
    actions: Actions = {f"opinion.{each}": on.UseChosen(each) for each in ("yes", "maybe", "no")}
    actions |= {f"rating.{mark}": on.RatingChosen(mark) for mark in range(1, 6)}
    if use and rating:
        actions["opinion.send"] = on.Forward()
    return show.OpinionShown("library", use, rating), actions | _BACK


def _own() -> dict[State, list[Case]]:
    """A town's own services."""
    free, actions = _slots(None)
    chosen, book = _slots(1)
    ordinance = "垂井町立図書館の利用に関する条例 令和8年条例第12号"
    return {
        State.CARD_OFFER: [
            (name, show.OfferShown(name, ordinance), {"card.register": on.Yes(), **_BACK}) for name in ("library", "facility")
        ],
        State.CARD_BOOKINGS: [
            ("free", show.BookingsShown((), free), actions),
            ("chosen", show.BookingsShown(BOOKED, chosen), book),
            ("full", show.BookingsShown(BOOKED, ()), _BACK),
        ],
        State.OPINION: [("empty", *_opinion("", 0)), ("whole", *_opinion("maybe", 4))],
    }


_TODAY = date(2026, 11, 24)
_FROM, _TO = "岐阜県大垣市", "岐阜県不破郡垂井町"
_GIFU = (
    "大垣市",
    "高山市",
    "多治見市",
    "関市",
    "中津川市",
    "美濃市",
    "瑞浪市",
    "羽島市",
    "恵那市",
    "美濃加茂市",
    "土岐市",
    "各務原市",
    "可児市",
)
_PREFECTURES = (
    "北海道",
    "青森県",
    "岩手県",
    "宮城県",
    "秋田県",
    "山形県",
    "福島県",
    "茨城県",
    "栃木県",
    "群馬県",
    "埼玉県",
    "千葉県",
    "東京都",
)


def _days(arrives: bool, chosen: int | None) -> tuple[show.DaysShown, Actions]:
    days = range(-30, 1 if arrives else 61)
    choices = tuple(show.DayChoice(day, (_TODAY + timedelta(day)).isoformat(), day == chosen) for day in days)
    actions: Actions = {f"day.{day}": on.DayChosen(day) for day in sorted(days, key=lambda day: (day < 0, abs(day)))}
    if chosen is not None:
        actions["days.next"] = on.Forward()
    return show.DaysShown(arrives, choices, *((_FROM, "2026-11-21") if arrives else ())), actions | _BACK


def _towns(codes: Mapping[str, str], chosen: str = "", prefecture: str = "") -> tuple[show.TownsShown, Actions]:
    actions: Actions = {f"town.{code}": on.TownChosen(code) for code in codes}
    if chosen:
        actions["towns.next"] = on.Forward()
    choices = tuple(show.TownChoice(code, name, code == chosen) for code, name in codes.items())
    return show.TownsShown(all(len(code) > 2 for code in codes), prefecture, choices), actions | _BACK


def _movers(persons: tuple[show.PersonChoice, ...]) -> tuple[show.PersonsShown, Actions]:
    shown, actions = _persons(persons)
    return shown, {action: event for action, event in actions.items() if action != "persons.1"}


def _moves() -> dict[State, list[Case]]:
    """A move by card."""
    ways = (("persons", "3"), ("from", _FROM), ("new_town", _TO))
    known: Actions = {"ok": on.Forward(), **_BACK}
    new: Actions = {"move.new": on.NoticeWanted(), **known}
    yes: Actions = {"move.yes": on.Yes(), **_BACK}
    out = (("movers", "\n".join(person.name for person in FAMILY)), ("leaves", "2026-12-05"), ("new_town", _TO))
    left, by_card = (("leaves", "2026-12-05"),), (("by_card", "2027-01-04"),)
    return {
        State.CHOOSE_MOVERS: [("family", *_movers(FAMILY)), ("many", *_movers(MANY))],
        State.CHOOSE_DAY: [("out", *_days(False, None)), ("chosen", *_days(False, 11)), ("in", *_days(True, -2))],
        State.CHOOSE_TOWN: [
            ("few", *_towns({"21202": _FROM, "21361": _TO}, "21361")),
            ("prefecture", *_towns({f"{code:02}": name for code, name in enumerate(_PREFECTURES, 1)})),
            ("many", *_towns({str(code): name for code, name in enumerate(_GIFU, 21202)}, "21203", "岐阜県")),
        ],
        State.MOVE_CONFIRM: [
            ("out", show.MoveShown("out", out), yes),
            ("in", show.MoveShown("in", (*ways, ("moved", "2026-12-06"))), yes),
        ],
        State.MOVE_WHERE: [
            ("sent", show.MoveShown("sent", ways + left + by_card), known),
            ("expected", show.MoveShown("expected", ways + left + by_card), known),
            ("filed", show.MoveShown("filed", (("counter", "17"), *ways, *left)), known),
            ("confirmed", show.MoveShown("confirmed", (("counter", "17"), *ways, *left)), known),
            ("complete", show.MoveShown("complete", (("counter", "17"), *ways, *left)), new),
            ("lapsed", show.MoveShown("lapsed", ways + left), new),
            ("undelivered", show.MoveShown("undelivered", ways + left), new),
            (
                "carry",
                show.MoveShown("carry", (*ways, ("carry_on", "2027-03-06"))),
                {"move.carry_on": on.Yes(), **known},
            ),
        ],
    }


_MOVED_OUT = (("number", "01M8GTQGN SGXTSKE2Q KJXD1YD1"), ("new_town", _TO))


LOOKED = (
    Look("21202", 184222, True, "2026-11-24", "13:58", "岐阜県不破郡垂井町", "", "extract_told", "住民基本台帳法12条の4"),
    Look(
        "centre",
        4711,
        True,
        "2026-06-03",
        "10:21",
        "年金である給付の支給を行う機関",
        "年金受給権者の現況の確認（現況届）",
        "",
        "住民基本台帳法30条の9",
        12,
    ),
    Look(
        "centre",
        4023,
        True,
        "2026-02-17",
        "09:04",
        "資格及び免許を与える機関",
        "インターネットによる申請及び届出",
        "",
        "住民基本台帳法30条の9",
    ),
)
WORSE = (
    Look("centre", 3977, False, body="地方公共団体情報システム機構"),
    Look("21202", 170014, True, "2025-12-01", "11:40", "岐阜県大垣市", "", "disclosure_told", "個人情報の保護に関する法律76条"),
    Look("21202", 169001, True, "2025-04-02", "09:12", "岐阜県不破郡垂井町", "", "move_leaving", "住民基本台帳法24条の2"),
)


def _looks() -> dict[State, list[Case]]:
    """Who looked at somebody's record."""
    whole: Actions = {"ok": on.Forward(), "looks.print": on.PaperWanted(), **_BACK}
    older: Actions = {"looks.older": on.PageTurned(1)}
    newer: Actions = {"looks.newer": on.PageTurned(-1)}
    return {
        State.LOOKS: [
            ("first", show.LooksShown(LOOKED, "2019-11-24", 1, 2, False), {**older, **whole}),
            ("last", show.LooksShown(WORSE, "2019-11-24", 2, 2, True), {**newer, **whole}),
            ("none", show.LooksShown((), "2019-11-24", 1, 1, False), whole),
        ],
    }


def _choices() -> dict[State, list[Case]]:
    items = tuple(show.ItemChoice(item, False) for item in Item)
    return {
        State.CHOOSE_SERVICE: [
            (
                "open",
                show.ServicesShown(_SERVICES, LANGUAGES),
                _SERVICE_ACTIONS,
            ),
            (
                "many",
                show.ServicesShown((*_SERVICES, "library", "facility", "welfare"), LANGUAGES),
                {f"service.{name}": on.ServiceChosen(name) for name in (*_SERVICES, "library", "facility", "welfare")} | _TALK | _READ,
            ),
            (
                "own",
                show.ServicesShown(("copy", "library", "welfare"), LANGUAGES, discussed=("facility",)),
                {f"service.{name}": on.ServiceChosen(name) for name in ("copy", "library", "welfare", "facility")} | _TALK | _READ,
            ),
        ],
        State.INFORMATION: [
            (topic, show.InformationShown(topic, NAMES.called(topic), NAMES.day), {**_TOPICS, **_BACK}) for topic in TOPICS
        ],
        State.CHOOSE_PERSONS: [
            ("family", *_persons(FAMILY)),
            ("rare", *_persons(RARE)),
            ("many", *_persons(MANY)),
            ("crowd", *_persons(CROWD)),
            (
                "nobody",
                show.PersonsShown((show.PersonChoice(1, "山田　花子", "ヤマダ　ハナコ", False, True),), "大垣市"),
                {"persons.1": on.PersonToggled(1), **_BACK},
            ),
        ],
        State.CHOOSE_ITEMS: [
            ("none", show.ItemsShown(items), _ITEM_ACTIONS),
            (
                "two",
                show.ItemsShown((show.ItemChoice(Item.RELATIONSHIP, True), items[1], show.ItemChoice(Item.RESIDENT_CODE, True))),
                _ITEM_ACTIONS,
            ),
        ],
        State.CHOOSE_COPIES: [
            ("one", show.CopiesShown(1, 3), _COPIES | _MORE),
            ("two", show.CopiesShown(2, 3), _COPIES | _MORE | _LESS),
            ("three", show.CopiesShown(3, 3), _COPIES | _LESS),
        ],
        State.CONFIRM: [
            ("free", _confirm(FAMILY[:1], (), 0), _CONFIRM_ACTIONS),
            ("fee", _confirm(RARE, tuple(Item), 600), _CONFIRM_ACTIONS),
            ("many", _confirm(MANY, tuple(Item), 600), _CONFIRM_ACTIONS),
            ("preview", _confirm(FAMILY, (Item.RELATIONSHIP,), 600, sheet()), _CONFIRM_ACTIONS),
        ],
        State.PAY: [("rest", show.PayShown(600, 100), _TALK)],
    }


def _ends() -> dict[State, list[Case]]:
    return {
        State.TAKE_CARD: [("first", show.CardShown(0, True), _TALK), ("chimed", show.CardShown(2, True), _TALK)],
        State.PRINTING: [
            ("start", show.PrintingShown(0, 0, False), _TALK),
            ("half", show.PrintingShown(7, 14, False), _TALK),
            ("hot", show.PrintingShown(10, 14, True), _TALK),
        ],
        State.PRINT_FAILED: [
            (f"{why}_{on_paper}", show.PrintFailedShown(on_paper, 1, why, money, "T01-4711", _CONTACT), _OK)
            for why, on_paper, money in FAILURES
        ],
        State.TAKE_PAPER: [
            ("first", show.PaperShown(True, 0, 2), {"paper.taken": on.PaperTaken(), **_LANGUAGES}),
            ("chimed", show.PaperShown(False, 2, 2), {"paper.taken": on.PaperTaken(), **_LANGUAGES}),
        ],
        State.RECEIPT: [("ask", show.Nothing(), {"receipt.yes": on.Yes(), "receipt.no": on.No(), **_LANGUAGES})],
        State.DONE: [
            ("pin", show.DoneShown("pin", "changed", (), False), _OK),
            ("registered", show.DoneShown("library", "registered", (("number", "1234567890128"),), False), _OK),
            ("library", show.DoneShown("library", "shown", (("number", "1234567890128"),), False), _OK),
            ("booked", show.DoneShown("facility", "booked", _BOOKED_FACTS, False), _OK),
            ("welfare", show.DoneShown("welfare", "shown", (("entitlement", "福祉タクシー助成"), ("until", "2027-03-31")), False), _OK),
            ("opinion", show.DoneShown("opinion", "counted", (), False), _OK),
            (
                "moved_out",
                show.DoneShown("move", "taken", (*_MOVED_OUT, ("leaves", "2026-12-05"), ("by_card", "2027-01-04")), True),
                {"done.print": on.PaperWanted(), **_OK},
            ),
            (
                "moved_in",
                show.DoneShown("move", "filed", (("counter", "17"), ("persons", "3"), ("from", _FROM), ("new_town", _TO)), True),
                {"done.print": on.PaperWanted(), **_OK},
            ),
            ("carried", show.DoneShown("move", "carried", (("persons", "3"), ("from", _FROM), ("new_town", _TO)), False), _OK),
        ],
        State.REFUSED: [
            *((reason, _refused(reason), _OK) for reason in TODAY if reason is not Reason.MOVE_UNKNOWN),
            (Reason.MOVE_UNKNOWN, _refused(Reason.MOVE_UNKNOWN), {"move.again": on.Yes(), **_OK}),
            ("paper_way", replace(_refused(Reason.CARD_EXPIRED), paper_way=True), _OK),
            ("move_late_paper_way", replace(_refused(Reason.MOVE_LATE), paper_way=True), _OK),
        ],
        State.NOT_TODAY: [
            *((reason, _refused(reason), {"slip.print": on.SlipWanted(), **_OK}) for reason in NOT_TODAY),
            ("slip_printed", _refused(Reason.COUNTER, slip_printed=True), _OK),
        ],
        State.STOPPING: [("now", show.Nothing(), _LANGUAGES)],
        State.TAKE_CARD_BACK: [("first", show.CardShown(0, False), _LANGUAGES), ("chimed", show.CardShown(1, False), _LANGUAGES)],
        State.CARD_LEFT: [("chimed", show.CardShown(2, False), _LANGUAGES)],
        State.PAPER_LEFT: [("chimed", show.PaperShown(True, 1, 1), _LANGUAGES)],
        State.GOODBYE: [("now", show.Nothing(), _LANGUAGES)],
        State.VENDOR_MODE: [("now", show.Nothing(), {})],
    }


def _beginnings() -> dict[State, list[Case]]:
    start: Actions = {"attract.start": on.Touched(), **_READ, **_LANGUAGES}
    return {
        State.RECOVERING: [("now", show.Nothing(), {})],
        State.ATTRACT: [("open", show.AttractShown(_SERVICES, "垂井町", "8:30", "17:00", LANGUAGES), start)],
        State.CLOSED: [("hours", _closed("hours", "suspend"), {}), ("paused", _closed("paused", "clear"), {})],
        State.OUT_OF_SERVICE: [(why, _closed(why, acts), {}) for why, acts in WHY],
        State.INSERT_CARD: [
            ("first", show.InsertCardShown(False), _BACK),
            ("turned", show.InsertCardShown(True), _BACK),
            ("several", show.InsertCardShown(False, several=True), _BACK),
        ],
        State.ENTER_PIN: [
            ("empty", _pin(0), _PAD | _BACK),
            ("two", _pin(2), _PAD | _BACK),
            ("full", _pin(4), _PAD | _BACK | {"pin.done": on.Forward()}),
            ("wrong", _pin(0, None, True), _PAD | _BACK),
            ("tries", _pin(0, 2), _PAD | _BACK),
            ("tries_wrong", _pin(0, 2, True), _PAD | _BACK),
            ("last", _pin(0, 1), _PAD | _BACK),
            ("last_wrong", _pin(0, 1, True), _PAD | _BACK),
            ("service", show.PinShown(PinName.SERVICE, 0, 4, 2, True), _PAD | _BACK),
            ("differ", show.PinShown(PinName.USER_AUTHENTICATION, 0, 4, None, False, differ=True), _PAD | _BACK),
        ],
        State.NEW_PIN: [("two", show.PinShown(PinName.NEW, 2, 4, None, False), _PAD | _BACK)],
        State.NEW_PIN_AGAIN: [("full", show.PinShown(PinName.AGAIN, 4, 4, None, False), _PAD | _BACK | {"pin.done": on.Forward()})],
    }


def views() -> Mapping[State, list[tuple[str, View]]]:
    """State -> named views, in the order of a visit; one more of a screen of personal data with its warning."""
    cases = _beginnings() | _waits() | _own() | _looks() | _moves() | _choices() | _ends()
    found = {state: [(name, View(state, 0, LANGUAGES[0], shown, actions)) for name, shown, actions in cases[state]] for state in State}
    shown, actions = _persons(FAMILY)
    warned = View(State.CHOOSE_PERSONS, 0, LANGUAGES[0], shown, {**actions, "more_time": on.MoreTime()}, countdown=42)
    found[State.CHOOSE_PERSONS].append(("warning", warned))
    return found
