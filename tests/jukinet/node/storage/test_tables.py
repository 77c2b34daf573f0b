"""The town comes first in every key: who shards by it has nothing to change, and no town's row can stand in another's way."""

import pytest
from sqlalchemy import Table, UniqueConstraint

from jukinet.node.storage.tables import ISSUES, REGISTER

TABLES = [*REGISTER.sorted_tables, *ISSUES.sorted_tables]


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_the_town_comes_first_in_every_key_and_index(table: Table) -> None:
    keys = [table.primary_key, *table.indexes, *(each for each in table.constraints if isinstance(each, UniqueConstraint))]
    assert {next(iter(key.columns)).name for key in keys} == {"town"}


def test_nothing_of_one_database_is_in_the_other() -> None:
    assert not {table.name for table in REGISTER.sorted_tables} & {table.name for table in ISSUES.sorted_tables}
