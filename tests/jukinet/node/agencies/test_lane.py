"""Batches take their share and no more, one piece at a time. Time is a number here."""

import asyncio
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jukinet.errors import Kind, Problem
from jukinet.node.agencies.lane import MOST_WAITING, SHARE, Lane


@dataclass
class Hours:
    now: float = 0.0
    rests: list[float] = field(default_factory=list)

    def clock(self) -> float:
        return self.now

    async def rest(self, seconds: float) -> None:
        self.rests.append(seconds)
        self.now += seconds


@given(st.lists(st.tuples(st.floats(0.001, 10), st.floats(0, 10)), min_size=2, max_size=20))
def test_pieces_take_at_most_their_share_of_the_time(pieces: list[tuple[float, float]]) -> None:
    async def story() -> None:
        hours = Hours()
        lane, busy, began = Lane(hours.clock, hours.rest), 0.0, 0.0
        for work, pause in pieces:
            async with lane.turn():
                assert busy <= SHARE * (hours.now - began) + 1e-6
                hours.now += work
            busy += work
            hours.now += pause

    asyncio.run(story())


def test_one_piece_at_a_time_and_those_beyond_a_few_are_told_so() -> None:
    async def story() -> None:
        hours = Hours()
        lane, done, inside = Lane(hours.clock, hours.rest), asyncio.Event(), []

        async def piece(number: int) -> None:
            async with lane.turn():
                inside.append(number)
                assert len(inside) == 1
                await done.wait()
                inside.remove(number)

        tasks = [asyncio.create_task(piece(number)) for number in range(MOST_WAITING)]
        await asyncio.sleep(0)
        with pytest.raises(Problem) as caught:
            async with lane.turn():
                pass
        assert (caught.value.kind, caught.value.retry_after) == (Kind.BUSY, 2)
        done.set()
        await asyncio.gather(*tasks)
        async with lane.turn():
            pass

    asyncio.run(story())


def test_a_piece_that_fails_or_is_given_up_leaves_the_lane_free() -> None:
    async def story() -> None:
        hours = Hours()
        lane = Lane(hours.clock, hours.rest)

        async def fails() -> None:
            async with lane.turn():
                hours.now += 1
                raise ZeroDivisionError

        for _ in range(MOST_WAITING + 2):
            with pytest.raises(ZeroDivisionError):
                await fails()
        waiting = asyncio.create_task(lane.turn().__aenter__())
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
        async with lane.turn():
            pass
        assert len(hours.rests) == MOST_WAITING + 2

    asyncio.run(story())


def test_a_slice_lets_single_questions_pass_but_not_for_ever() -> None:
    async def story() -> None:
        hours = Hours()
        lane, order = Lane(hours.clock, hours.rest), list[str]()
        await lane.step_aside()  # nobody is there

        async def slice_of_a_piece() -> None:
            await lane.step_aside()
            order.append("slice")

        with lane.single():
            with lane.single():
                waiting = asyncio.create_task(slice_of_a_piece())
                await asyncio.sleep(0)
                order.append("one")
            await asyncio.sleep(0)
            order.append("another")
        await waiting
        assert order == ["one", "another", "slice"]
        with lane.single():  # somebody who never ends
            await slice_of_a_piece()
        assert order[-1] == "slice"

    asyncio.run(story())
