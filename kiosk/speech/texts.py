"""View -> the lines that are read before anything can be pressed. One function a kind of view; total, a test says so.

The same words as on the screen, in its order. What only eyes can use (a picture, seconds that count down) is left out.
"""

from collections.abc import Callable, Iterator

from kiosk.session import view as show
from kiosk.session.own import Booking
from kiosk.session.states import State
from kiosk.session.view import View
from kiosk.speech.line import Given, Line, Phrase, line, phrase

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


def _information(view: View) -> Lines:
    shown = view.shown
    assert isinstance(shown, show.InformationShown)
    yield line(f"info.{shown.topic}.title", f"info.{shown.topic}.text")
    if shown.called:
        yield line("info.named", shown.called)
    yield line("attract.model")


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
    yield line(f"{view.state}.title")
    yield line(phrase(f"{view.state}.lead", town=shown.town_name), aloud=(Phrase("speech.private"),))


def _days(view: View) -> Lines:
    shown = view.shown
    assert isinstance(shown, show.DaysShown)
    if not shown.arrives:
        yield line("choose_day.out.title")
        yield line("choose_day.out.lead")
        return
    yield line("choose_day.in.title")
    yield line(phrase("choose_day.in.lead", town=shown.town, day=shown.planned), aloud=(Phrase("speech.private"),))


def _towns(view: View) -> Lines:
    shown = view.shown
    assert isinstance(shown, show.TownsShown)
    yield line("choose_town.title" if shown.of_towns else "choose_town.prefecture")
    yield line(Given(shown.prefecture) if shown.prefecture else "choose_town.lead")


def _move(view: View) -> Lines:
    """Facts to headphones only."""
    shown = view.shown
    assert isinstance(shown, show.MoveShown)
    confirms = view.state is State.MOVE_CONFIRM
    yield line(f"move_confirm.{shown.what}.title" if confirms else "move_where.title")
    if not confirms:
        yield line(f"move_where.{shown.what}")
    for name, words in shown.facts:
        yield line(f"done.fact.{name}", Given(words), aloud=())
    if confirms:
        yield line("move_confirm.address")


def _looks(view: View) -> Lines:
    """Who looked, to headphones only."""
    shown = view.shown
    assert isinstance(shown, show.LooksShown)
    yield line("looks.title")
    yield line(phrase("looks.lead" if shown.looks else "looks.none", since=shown.since))
    for look in shown.looks:
        if not look.proven:
            yield line("looks.unproven", aloud=(Phrase("speech.private"),))
            continue
        what = Given(look.affair) if look.affair else Phrase(f"looks.deed.{look.deed}")
        times = (phrase("looks.times", times=look.times),) if look.times > 1 else ()
        said = (Given(f"{look.date} {look.time}"), *times, Given(look.body), what, Given(look.ground))
        yield line(*said, aloud=(Phrase("speech.private"),))
    if shown.more:
        yield line("looks.more")
    if shown.pages > 1:
        yield line(phrase("looks.page", page=shown.page, pages=shown.pages))


def _items(view: View) -> Lines:
    yield line("choose_items.title")
    yield line("choose_items.lead")
    yield line("choose_items.never")


def _own_offer(view: View) -> Lines:
    shown = view.shown
    assert isinstance(shown, show.OfferShown)
    yield line("card_offer.title")
    yield line(f"service.{shown.service}.name")
    yield line("card_offer.lead")
    yield line("card_offer.ordinance", Given(shown.ordinance))


def _bookings(view: View) -> Lines:
    """What is booked, to headphones only."""
    shown = view.shown
    assert isinstance(shown, show.BookingsShown)
    yield line("card_bookings.title")
    booked = tuple(Given(spoken(booking)) for booking in shown.bookings)
    yield line("card_bookings.yours", *(booked or ("card_bookings.none",)), aloud=(Phrase("speech.private"),))
    if not shown.slots:
        yield line("card_bookings.full")


def spoken(booking: Booking) -> str:
    return f"{booking.day} {booking.hours} {booking.place}"


def _opinion(view: View) -> Lines:
    shown = view.shown
    assert isinstance(shown, show.OpinionShown)
    yield line("opinion.title")
    yield line(f"service.{shown.about}.name")
    yield line("opinion.lead")
    yield line("opinion.use")
    yield line("opinion.rating")


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
    yield line("closed.contact.label", Given(shown.contact))
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
    if shown.paper_way:
        yield line("refused.paper_way")
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
    show.InformationShown: _information,
    show.InsertCardShown: _insert_card,
    show.WaitShown: _wait,
    show.PinShown: _pin,
    show.PersonsShown: _persons,
    show.ItemsShown: _items,
    show.DaysShown: _days,
    show.TownsShown: _towns,
    show.MoveShown: _move,
    show.CopiesShown: _copies,
    show.OfferShown: _own_offer,
    show.BookingsShown: _bookings,
    show.OpinionShown: _opinion,
    show.LooksShown: _looks,
    show.ConfirmShown: _confirm,
    show.PayShown: _pay,
    show.CardShown: _card,
    show.PrintingShown: _printing,
    show.PrintFailedShown: _print_failed,
    show.PaperShown: _paper,
    show.RefusedShown: _refused,
    show.DoneShown: _done,
}
