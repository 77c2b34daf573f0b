"""The office of `office.py`, with the table as shipped."""

from typing import Any

import pytest

from tests.jukinet.node.agencies.office import SHIPPED, Office


@pytest.fixture
def office(network: Any) -> Office:
    office = Office(network)
    office.sign(SHIPPED)
    return office
