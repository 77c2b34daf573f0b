"""View -> items: what of a screen is said, and in which order its buttons are walked. Total over what a view can show.

The same words as on the screen, in the order of the screen: what is read first, then what can be pressed, back, stop, languages and
display last. What only eyes can use (a picture, seconds that count down) is left out.
"""

from collections.abc import Callable, Iterator

from kiosk.session import view as show
from kiosk.session.ease import is_chosen
from kiosk.session.layers import BEHIND, CLOSE, SHARED
from kiosk.session.states import State
from kiosk.session.view import View
from kiosk.speech.line import Given, Item, Line, Part, Phrase, line, phrase

# What can be pressed, in the order of the screens. A name that ends in a point stands for all that begin so and are not named themselves.
ORDER = (
    "attract.start",
    "more_time",
    "service.",
    "persons.all",
    "persons.self",
    "persons.",
    "items.",
    "copies.less",
    "copies.more",
    "pin.shuffle",
    "pin.erase",
    "pin.done",
    "done.print",
    "confirm.preview",
    "receipt.yes",
    "receipt.no",
    "slip.print",
    "",  # what nobody has put anywhere
    "persons.next",
    "items.next",
    "copies.next",
    "confirm.yes",
    "paper.taken",
    "ok",
    "back",
    "stop",
)
# Keys "1" to "9".
NUMBERED = ("service.", "persons.", "items.")
MOST_NUMBERED = 9
# What the voice itself can be told, on the layer of help.
VOICE = ("speech.repeat", "speech.slower", "speech.faster", "speech.softer", "speech.louder", "speech.blank")


def reading(view: View, layer: str = "", speaking: bool = True) -> tuple[Item, ...]:
    """All of a screen, or of the layer that lies over it (`open.help` …). `speaking` False: for keys without speech, no settings of it."""
    if view.countdown is not None:
        return (Item(line("warning.title")), Item(line("warning.lead")), *_offers(view, ("more_time", "stop")))
    if layer:
        return tuple(_layer(view, layer, speaking))
    texts = [Item(text) for text in SAYS[type(view.shown)](view)]
    return (*texts, *_offers(view, tuple(sorted(_on_screen(view), key=rank))))


def rank(action: str) -> int:
    if action in ORDER:
        return ORDER.index(action)
    return next(
        (place for place, beginning in enumerate(ORDER) if beginning.endswith(".") and action.startswith(beginning)), ORDER.index("")
    )


def _on_screen(view: View) -> list[str]:
    """Without the digits, which are keys, and without what lies on a layer."""
    return [action for action in view.actions if not action.startswith(tuple(BEHIND)) and not action.removeprefix("pin.").isdigit()]


def layers(view: View) -> list[str]:
    """What can be laid over the screen, as eyes find it there: where there is something in it, and help with any other."""
    found = [opener for beginning, opener in BEHIND.items() if any(action.startswith(beginning) for action in view.actions)]
    return found if "open.help" in found or not (found or view.number) else [*found, "open.help"]


def _offers(view: View, actions: tuple[str, ...]) -> Iterator[Item]:
    number = 0
    for action in actions:
        if action not in view.actions:
            continue
        numbered = action.startswith(NUMBERED) and action not in ("persons.all", "persons.self", "persons.next", "items.next")
        number += numbered
        key = number if numbered and number <= MOST_NUMBERED else 0
        yield Item(_numbered(offer(view, action), key), action, key)
    if view.countdown is None:
        for opener in layers(view):
            if opener != "open.help":  # it has a key of its own
                yield Item(line(f"frame.{opener.removeprefix('open.')}"), opener)


def _numbered(said: Line, number: int) -> Line:
    if not number:
        return said
    first = phrase("speech.number", number=number)
    return Line((first, *said.parts), None if said.aloud is None else (first, *said.aloud))


def offer(view: View, action: str) -> Line:
    """What a button says."""
    shown, (kind, _, what) = view.shown, action.partition(".")
    match shown:
        case show.PersonsShown() if what.isdigit():
            return _person(next(person for person in shown.persons if person.number == int(what)))
        case show.ItemsShown() if kind == "items" and what != "next":
            chosen = any(choice.item == what and choice.chosen for choice in shown.items)
            return line(f"item.{what}", f"item.{what}.what", *_chosen(chosen))
    if kind == "language":
        return line(Phrase(action, language=what), *_chosen(what == view.language))
    if kind == "ease":
        of = [f"ease.{what.partition('.')[0]}"] if "." in what else []
        return line(*of, action, *_chosen(is_chosen(action, view.ease)))
    if action == "pin.shuffle":
        return line("enter_pin.shuffle", *_chosen(view.ease.shuffle))
    if kind == "service":
        return line(f"{action}.name", f"{action}.text")
    return line(_WORDS.get(action, action))


# The words of a button, where its action is not their key.
_WORDS = {
    "more_time": "warning.more",
    "persons.all": "choose_persons.all",
    "persons.self": "choose_persons.self",
    "persons.next": "frame.next",
    "items.next": "frame.next",
    "copies.next": "frame.next",
    "copies.less": "choose_copies.less",
    "copies.more": "choose_copies.more",
    "pin.erase": "enter_pin.erase",
    "pin.done": "enter_pin.done",
    "receipt.yes": "receipt_ask.yes",
    "receipt.no": "receipt_ask.no",
    "slip.print": "refused.slip",
    "paper.taken": "take_paper.taken",
    "ok": "frame.ok",
    "back": "frame.back",
    "stop": "frame.stop",
    CLOSE: "frame.close",
}


def _chosen(chosen: bool) -> tuple[str, ...]:
    return ("speech.chosen",) if chosen else ()


def _person(person: show.PersonChoice) -> Line:
    """By name to headphones; the room hears which of them, and not whether the paper is for that one."""
    parts: list[Part] = [Given(person.kana or person.name)]
    if person.holder:
        parts.append(Phrase("choose_persons.holder"))
    return Line((*parts, *(Phrase(key) for key in _chosen(person.chosen))), (phrase("speech.person", number=person.number),))


def _layer(view: View, layer: str, speaking: bool) -> Iterator[Item]:
    beginning = next(beginning for beginning, opener in BEHIND.items() if opener == layer)
    if layer == "open.help":
        yield Item(line("help.title"))
        yield Item(line(f"help.{SHARED.get(view.state, view.state)}"))
        yield Item(line("speech.keys"))
        yield Item(line("help.coming" if view.staff_called else "help.call"))
        if view.number:
            yield Item(line(phrase("help.number", number=f"{view.number:04d}")))
    else:
        name = beginning.removesuffix(".")
        yield Item(line(f"{name}.title"))
        if layer == "open.ease":
            yield Item(line("ease.lead"))
    for action in view.actions:
        if action.startswith(beginning):
            yield Item(offer(view, action), action)
    if layer == "open.help" and speaking:
        for action in VOICE:
            yield Item(line(action), action)
    yield Item(offer(view, CLOSE), CLOSE)


# -- what is read, by what a view shows --------------------------------------------------------------------------------

Lines = Iterator[Line]


def _title_lead(view: View) -> Lines:
    name = "receipt_ask" if view.state is State.RECEIPT else view.state
    yield line(f"{name}.title")
    yield line(f"{name}.lead")
    if view.state is State.GOODBYE:
        yield line("goodbye.left")


def _attract(view: View) -> Lines:
    shown = view.shown
    assert isinstance(shown, show.AttractShown)
    yield line(Given(shown.town_name))
    yield line("attract.title")
    for service in shown.services:
        yield line(f"service.{service}.name", f"service.{service}.text")
    yield line("attract.hours.label", phrase("attract.hours", opens=shown.opens, closes=shown.closes))
    yield line("attract.bring.label", "attract.bring")
    yield line("attract.who.label", "attract.who")
    yield line("attract.model")


def _closed(view: View) -> Lines:
    shown = view.shown
    assert isinstance(shown, show.ClosedShown)
    yield line(f"{view.state}.title")
    yield line(f"why.{shown.why}")
    yield from _open_hours(shown.opens, shown.closes)
    yield line("closed.contact.label", Given(shown.contact))
    yield line("closed.acts.label", f"acts.{shown.acts}")
    yield line(phrase("closed.code", code=shown.code))


def _open_hours(opens: str, closes: str) -> Lines:
    yield line("closed.hours.label", phrase("closed.hours", opens=opens, closes=closes))


def _services(view: View) -> Lines:
    yield line("choose_service.title")
    yield line("choose_service.lead")
    yield line("choose_service.bring")


def _insert_card(view: View) -> Lines:
    shown = view.shown
    assert isinstance(shown, show.InsertCardShown)
    how = "several." if shown.several else "turned." if shown.turned else ""
    yield line(f"insert_card.{how}title")
    yield line(f"insert_card.{how}lead")
    yield line("insert_card.stay")


def _wait(view: View) -> Lines:
    shown = view.shown
    assert isinstance(shown, show.WaitShown)
    yield line(f"{view.state}.title")
    yield line(f"{view.state}.lead")
    yield line(phrase("wait.count", number=shown.number, of=shown.of), f"step.{shown.step}")


def _pin(view: View) -> Lines:
    """How many digits are in, to headphones only; which, to nobody."""
    shown = view.shown
    assert isinstance(shown, show.PinShown)
    yield line(f"{view.state}.title")
    yield line(phrase(f"pin_name.{shown.pin}", length=shown.length))
    if shown.differ:
        yield line("enter_pin.differ")
    elif shown.tries_left is not None:
        last = shown.tries_left == 1
        wrong = ".wrong" if shown.wrong else ""
        yield line(f"enter_pin.last{wrong}" if last else phrase(f"enter_pin.tries{wrong}", tries=shown.tries_left))
    elif shown.wrong:
        yield line("enter_pin.wrong")
    yield line("speech.enter_pin.keys")
    yield line(phrase("speech.enter_pin.entered", entered=shown.entered) if shown.entered else "speech.enter_pin.none", aloud=())


def _persons(view: View) -> Lines:
    shown = view.shown
    assert isinstance(shown, show.PersonsShown)
    yield line("choose_persons.title")
    yield line(phrase("choose_persons.lead", town=shown.town_name), aloud=(Phrase("speech.private"),))


def _items(view: View) -> Lines:
    yield line("choose_items.title")
    yield line("choose_items.lead")
    yield line("choose_items.never")


def _copies(view: View) -> Lines:
    shown = view.shown
    assert isinstance(shown, show.CopiesShown)
    yield line("choose_copies.title")
    yield line(phrase("choose_copies.lead", most=shown.most))
    yield line(phrase("choose_copies.count", copies=shown.copies))


def _confirm(view: View) -> Lines:
    shown = view.shown
    assert isinstance(shown, show.ConfirmShown)
    yield line("confirm.title")
    yield line("confirm.document.label", "confirm.document")
    yield line(
        "confirm.persons.label",
        *(Given(kana or name) for kana, name in zip(shown.kana, shown.persons, strict=True)),
        aloud=(Phrase("speech.private"),),
    )
    yield line("confirm.items.label", *((f"item.{item}" for item in shown.items) if shown.items else ("confirm.items.none",)))
    yield line("confirm.copies.label", phrase("confirm.copies", copies=shown.copies))
    yield line("confirm.fee.label", phrase("confirm.fee", fee=shown.fee) if shown.fee else "confirm.fee.none")
    yield line(phrase("confirm.pages", pages=shown.pages))


def _pay(view: View) -> Lines:
    shown = view.shown
    assert isinstance(shown, show.PayShown)
    yield line("pay.title")
    yield line("pay.lead")
    yield line("pay.amount.label", phrase("money.yen", yen=shown.amount))
    yield line("pay.inserted.label", phrase("money.yen", yen=shown.inserted))
    yield line("pay.rest.label", phrase("money.yen", yen=max(0, shown.amount - shown.inserted)))
    yield line("pay.stop")


def _card(view: View) -> Lines:
    shown = view.shown
    assert isinstance(shown, show.CardShown)
    yield line(f"{view.state}.title")
    yield line(f"{view.state}.lead")
    yield line("take_card.follows" if shown.paper_follows else "take_card.nothing")
    if shown.chimes and view.state is not State.CARD_LEFT:
        yield line("take_card.reminder")


def _printing(view: View) -> Lines:
    shown = view.shown
    assert isinstance(shown, show.PrintingShown)
    yield line("printing.title")
    yield line("printing.hot" if shown.hot else "printing.lead")
    if shown.of and shown.part:
        yield line(phrase("printing.part", part=shown.part, of=shown.of))


def _print_failed(view: View) -> Lines:
    shown = view.shown
    assert isinstance(shown, show.PrintFailedShown)
    yield line("print_failed.title")
    yield line(f"print_failed.why.{shown.why}")
    some = shown.on_paper == "some"
    yield line(
        "print_failed.paper.label",
        phrase("print_failed.paper.some", copies=shown.copies) if some else f"print_failed.paper.{shown.on_paper}",
    )
    yield line("print_failed.money.label", f"print_failed.money.{shown.money}")
    yield line("print_failed.now.label", "print_failed.now")
    yield line(phrase("closed.code", code=shown.code))


def _paper(view: View) -> Lines:
    shown = view.shown
    assert isinstance(shown, show.PaperShown)
    yield line(f"{view.state}.title")
    yield line(phrase("take_paper.lead", copies=shown.copies) if view.state is State.TAKE_PAPER else f"{view.state}.lead")
    if shown.chimes and view.state is State.TAKE_PAPER:
        yield line("take_paper.reminder")


def _refused(view: View) -> Lines:
    shown = view.shown
    assert isinstance(shown, show.RefusedShown)
    yield line(f"refused.{shown.reason}.title")
    yield line(f"refused.{shown.reason}.now")
    yield line("closed.contact.label", Given(shown.contact))
    yield from _open_hours(shown.opens, shown.closes)
    yield line("refused.charge.label", "refused.charge")
    if shown.slip_printed:
        yield line("refused.slip.printed")
    yield line(phrase("closed.code", code=shown.code))


def _done(view: View) -> Lines:
    """Facts are the resident's own: a number to name, a day. To headphones only."""
    shown = view.shown
    assert isinstance(shown, show.DoneShown)
    yield line(f"done.{shown.service}.{shown.result}.title")
    yield line(f"done.{shown.service}.{shown.result}.now")
    for name, words in shown.facts:
        yield line(f"done.fact.{name}", Given(words), aloud=())


SAYS: dict[type[show.Shown], Callable[[View], Lines]] = {
    show.Nothing: _title_lead,
    show.AttractShown: _attract,
    show.ClosedShown: _closed,
    show.ServicesShown: _services,
    show.InsertCardShown: _insert_card,
    show.WaitShown: _wait,
    show.PinShown: _pin,
    show.PersonsShown: _persons,
    show.ItemsShown: _items,
    show.CopiesShown: _copies,
    show.ConfirmShown: _confirm,
    show.PayShown: _pay,
    show.CardShown: _card,
    show.PrintingShown: _printing,
    show.PrintFailedShown: _print_failed,
    show.PaperShown: _paper,
    show.RefusedShown: _refused,
    show.DoneShown: _done,
}
