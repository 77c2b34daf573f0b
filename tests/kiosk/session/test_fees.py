"""Each town its own fee: what is asked for at a terminal is its own town's, copy by copy, and nothing where the town asks nothing."""

from dataclasses import replace

import pytest

from kiosk.session import commands
from kiosk.session import events as on
from kiosk.session.present import view
from kiosk.session.session import Session
from kiosk.session.states import State
from kiosk.session.view import ConfirmShown, PayShown


@pytest.mark.parametrize("copies", [1, 3])
@pytest.mark.parametrize(("town", "fee"), [("岐阜県不破郡垂井町", 200), ("岐阜県大垣市", 300)])
def test_the_towns_own_fee_is_shown_and_collected(bench, town: str, fee: int, copies: int) -> None:
    session: Session = bench.session_in(State.CONFIRM, fee=fee)
    session.place = replace(session.place, town_name=town)
    assert session.visit is not None
    session.visit.copies = copies
    shown = view(session).shown
    assert isinstance(shown, ConfirmShown)
    assert shown.fee == fee * copies
    given = [numbered.command for numbered in session.receive(on.Yes(), 1.0)]
    assert session.state is State.PAY
    assert commands.Collect(fee * copies) in given
    asked = view(session).shown
    assert isinstance(asked, PayShown)
    assert asked.amount == fee * copies


def test_a_town_without_a_fee_asks_for_nothing(bench) -> None:
    session: Session = bench.session_in(State.CONFIRM)
    given = [numbered.command for numbered in session.receive(on.Yes(), 1.0)]
    assert session.state is State.ISSUING
    assert not [command for command in given if isinstance(command, commands.Collect)]
