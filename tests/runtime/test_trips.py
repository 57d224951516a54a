"""Calls that travel together: shared while a trip is under way, each with its own answer or error."""

import asyncio
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest

from runtime.trips import TRIP_MAX, Failed, Trips


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


async def test_who_gives_up_has_asked_all_the_same_and_harms_nobody():
    ferry = Ferry()
    trips = Trips(ferry.travel)
    ferry.may_land.clear()
    first, second, third = [asyncio.create_task(trips.ask(number)) for number in (1, 2, 3)]
    await asyncio.sleep(0.01)
    late, last = asyncio.create_task(trips.ask(7)), asyncio.create_task(trips.ask(8))
    await asyncio.sleep(0.01)
    second.cancel()  # on its way already
    late.cancel()  # still at the pier: a call that was made, such as the end of another one
    await asyncio.sleep(0.01)
    ferry.may_land.set()
    assert await asyncio.gather(first, third, last) == [1, 9, 64]
    assert ferry.trips == [[1, 2, 3], [7, 8]]
    with pytest.raises(asyncio.CancelledError):
        await late


async def test_a_trip_takes_no_more_than_its_boat():
    ferry = Ferry()
    trips = Trips(ferry.travel)
    assert await asyncio.gather(*(trips.ask(2) for _ in range(2 * TRIP_MAX + 1))) == [4] * (2 * TRIP_MAX + 1)
    assert [len(trip) for trip in ferry.trips] == [TRIP_MAX, TRIP_MAX, 1]


async def test_an_answer_that_no_future_takes_strands_nobody():
    async def travel(numbers: list[int]) -> Sequence[int | Failed]:
        return [Failed(StopIteration("empty")) if number == 13 else number for number in numbers]

    trips = Trips(travel)
    async with asyncio.timeout(5):
        told = await asyncio.gather(*(trips.ask(number) for number in (13, 2)), return_exceptions=True)
    assert (str(told[0]), told[1]) == ("empty", 2)


def test_each_event_loop_has_trips_of_its_own():
    held, may_land = threading.Event(), threading.Event()

    async def hold(numbers: list[int]) -> Sequence[int | Failed]:
        held.set()
        await asyncio.to_thread(may_land.wait)
        return numbers

    trips = Trips(hold)
    with ThreadPoolExecutor(2) as threads:
        one = threads.submit(lambda: asyncio.run(trips.ask(3)))
        assert held.wait(5)
        held.clear()
        other = threads.submit(lambda: asyncio.run(trips.ask(4)))
        assert held.wait(5), "another loop does not wait for this one's trip"
        may_land.set()
        assert (one.result(5), other.result(5)) == (3, 4)
