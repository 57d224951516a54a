"""Whether five hundred previews keep Telegram's limits with none lost, and how soon a decision is in every message.

    python -m benchmarks.telegram [--songs 500] [--speed 60]

The bot talks to a strict Bot API on 127.0.0.1 that counts 30 messages a second, one a second in a chat and 20 a
minute in a group, both on a clock that runs faster than ours. The decision is timed on a clock at its own speed.
"""

import argparse
import asyncio
import os
import sys
import tempfile
import time
from pathlib import Path

A_MINUTE_IN_A_GROUP = 20
SHOWN_TARGET_S = 2.0
DECISIONS = 5
PATIENCE_S = 900.0


async def flooded(songs: int, speed: float) -> bool:
    """All previews to one group; says whether everything held."""
    from storage import chats, outbox
    from tests.ui.telegram.botapi import BotApi
    from tests.ui.telegram.conftest import GROUP, OWNER, opened, serving, until
    from tests.ui.telegram.crowd import ask_many

    api = BotApi(speed=speed)
    os.environ["TELEGRAM_API_BASE_URL"] = api.url
    try:
        async with opened(api) as house:
            house.enrol()
            house.stage.write(chats.leave_chat, chat_id=OWNER)
            house.enrol_chat(GROUP)
            await asyncio.to_thread(ask_many, house, songs)
            begun_s = time.perf_counter()
            async with serving(house, speed):
                await until(lambda: len(api.messages) >= songs, PATIENCE_S)
                took_min = (time.perf_counter() - begun_s) * speed / 60
                await asyncio.sleep(0.5)
            left = house.stage.read(outbox.waiting, kinds=("approval",))
        told = [each.text.split("cyc_")[1] for each in api.shown(GROUP, "cyc_")]
    finally:
        api.close()
    least_min = (songs - A_MINUTE_IN_A_GROUP) / A_MINUTE_IN_A_GROUP
    lost, doubled = songs - len(set(told)), len(told) - len(set(told))
    print(f"{songs} previews to a group: {lost} lost, {doubled} sent twice, {len(left)} left in the outbox")
    print(f"requests past a limit: {len(api.limited)}")
    print(f"took {took_min:.1f} min of the bot's clock, x{took_min / least_min:.2f} of what the limits allow")
    return not (lost or doubled or left or api.limited)


async def decided(decisions: int) -> float:
    """Seconds from a decision made elsewhere until the last of two chats shows it; the longest of several."""
    from storage.people import Role
    from tests.ui.telegram.botapi import BotApi
    from tests.ui.telegram.conftest import OWNER, REVIEWER, opened, serving, until

    api = BotApi(speed=1)
    os.environ["TELEGRAM_API_BASE_URL"] = api.url
    longest_s = 0.0
    try:
        async with opened(api) as house:
            house.enrol()
            house.enrol(REVIEWER, "bob", Role.REVIEWER)
            async with serving(house, 1):
                for number in range(decisions):
                    asked = house.ask(f"Voice {number}")
                    songs = [
                        (await until(lambda chat=chat: api.shown(chat, f"by Voice {number}")))[-1]  # noqa: B023
                        for chat in (OWNER, REVIEWER)
                    ]
                    await asyncio.sleep(1.5)  # a chat takes one message a second
                    begun_s = time.perf_counter()
                    await house.desk().decisions.approve(asked)
                    await until(lambda: all("Approved by ada" in song.text for song in songs))  # noqa: B023
                    longest_s = max(longest_s, time.perf_counter() - begun_s)
    finally:
        api.close()
    return longest_s


def main() -> int:
    from tests.ui.telegram.botapi import TOKEN
    from tests.ui.telegram.conftest import zone_where_it_is

    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--songs", type=int, default=500)
    parser.add_argument("--speed", type=float, default=60)
    given = parser.parse_args()
    os.environ |= {
        "TELEGRAM_BOT_TOKEN": TOKEN,
        "QUIET_HOURS": "none",
        "LABEL_TIMEZONE": zone_where_it_is(3),  # before the digest
        "UNDECIDED_PER_LABEL_MAX": "1000",
    }
    with tempfile.TemporaryDirectory(prefix="labelmate-bench-") as folder:
        os.environ["LABELMATE_HOME"] = str(Path(folder) / "many")
        held = asyncio.run(flooded(given.songs, given.speed))
        os.environ["LABELMATE_HOME"] = str(Path(folder) / "one")
        shown_s = asyncio.run(decided(DECISIONS))
    print(f"decided elsewhere, told in two chats: {shown_s:.2f} s, target {SHOWN_TARGET_S:g} s")
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
