"""Row 26 of docs/coverage.md: each town has a fee of its own, and a copy costs what the town asks that issues it."""

from dataclasses import replace
from typing import Any

import pytest

HERE, HOME = "21361", "21202"
FEES = {HERE: 300, HOME: 200}


@pytest.mark.parametrize("town", FEES)
@pytest.mark.parametrize("copies", [1, 3])
def test_row_26_the_town_that_issues_charges_its_own_fee(network: Any, town: str, copies: int) -> None:
    network.fees.update(FEES)

    async def story(network: Any) -> tuple[int, int]:
        kiosk = replace(network.kiosk(), town=town)
        visit = await kiosk.begin("hanako")
        _, extract = await visit.extract([2])
        health = await kiosk.node.health(kiosk.peer)
        return (await visit.issue(extract, copies)).body.fee, health.fee

    assert network.run(story) == (FEES[town] * copies, FEES[town])
