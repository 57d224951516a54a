"""Calls that travel together: shared while a trip is under way, each with its own answer or error."""

import asyncio
from collections.abc import Sequence

import pytest

from runtime.trips import Failed, Trips


class Ferry:
    """Squares numbers on the other side, one trip at a time; 13 drowns."""

    def __init__(self) -> None:
        self.trips: list[list[int]] = []
        self.is_sunk = False
        self.may_land = asyncio.Event()
        self.may_land.set()

    async def travel(self, numbers: list[int]) -> Sequence[int | Failed]:
        self.trips.append(numbers)
        await self.may_land.wait()
        if self.is_sunk:
            raise ConnectionError("sunk")
        return [Failed(ValueError("13 drowned")) if number == 13 else number**2 for number in numbers]


async def test_a_crowd_shares_a_trip_and_one_alone_does_not_wait():
    ferry = Ferry()
    trips = Trips(ferry.travel)
    assert await trips.ask(2) == 4
    ferry.may_land.clear()
    first = asyncio.create_task(trips.ask(3))
    await asyncio.sleep(0.01)
    crowd = [asyncio.create_task(trips.ask(number)) for number in (4, 5, 6)]
    await asyncio.sleep(0.01)
    ferry.may_land.set()
    assert await asyncio.gather(first, *crowd) == [9, 16, 25, 36]
    assert ferry.trips == [[2], [3], [4, 5, 6]]


async def test_one_that_fails_does_not_touch_the_others():
    trips = Trips(Ferry().travel)
    told = await asyncio.gather(*(trips.ask(number) for number in (1, 13, 2)), return_exceptions=True)
    assert (told[0], told[2]) == (1, 4)
    assert isinstance(told[1], ValueError)


async def test_a_trip_that_fails_is_told_to_all_and_the_next_one_goes():
    ferry = Ferry()
    trips = Trips(ferry.travel)
    ferry.is_sunk = True
    told = await asyncio.gather(trips.ask(1), trips.ask(2), return_exceptions=True)
    assert [str(error) for error in told] == ["sunk", "sunk"]
    ferry.is_sunk = False
    assert await trips.ask(5) == 25


async def test_who_gives_up_while_waiting_asks_nothing_and_harms_nobody():
    ferry = Ferry()
    trips = Trips(ferry.travel)
    ferry.may_land.clear()
    first, second, third = [asyncio.create_task(trips.ask(number)) for number in (1, 2, 3)]
    await asyncio.sleep(0.01)
    late, last = asyncio.create_task(trips.ask(7)), asyncio.create_task(trips.ask(8))
    await asyncio.sleep(0.01)
    second.cancel()  # on its way already
    late.cancel()  # still at the pier
    await asyncio.sleep(0.01)
    ferry.may_land.set()
    assert await asyncio.gather(first, third, last) == [1, 9, 64]
    assert ferry.trips == [[1, 2, 3], [8]]
    with pytest.raises(asyncio.CancelledError):
        await late


def test_each_event_loop_has_trips_of_its_own():
    trips = Trips(Ferry().travel)
    assert [asyncio.run(trips.ask(number)) for number in (3, 4)] == [9, 16]
