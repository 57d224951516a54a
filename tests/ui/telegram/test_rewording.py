"""Other words by a reply: read strictly, bound to what was shown, told in every message, and nobody else's to give."""

import pytest

from storage.errors import UsageError
from storage.people import Role
from storage.types import SongEdits
from tests.ui.telegram.conftest import GROUP, OWNER, REVIEWER, STRANGER, House, until
from ui.telegram.caption import SongFacts, caption
from ui.telegram.rewording import read_rewording

LINES = ["the rain is slow", "the rain is low", "and so we go"]


EDITS = (
    ("title: New Name", SongEdits(title="New Name")),
    ("TITLE :  New: Name  ", SongEdits(title="New: Name")),
    ("2: the rain is blue", SongEdits(lines=("the rain is slow", "the rain is blue", "and so we go"))),
    (
        "title: A\nline 3: we stay",
        SongEdits(title="A", lines=("the rain is slow", "the rain is low", "we stay")),
    ),
    ("words:\none\n\ntwo\nthree", SongEdits(lines=("one", "two", "three"))),
    ("title: Slow Rain", SongEdits()),
    ("lovely", None),
    ("I like the title: it is good", None),
    ("at 3:20 it drags", None),
    ("", None),
)
MISTAKES = (
    ("title:", "1 to 120"),
    ("title: " + "x" * 121, "1 to 120"),
    ("4: one more", "no line 4"),
    ("0: none", "no line 0"),
    ("1:", "1 to 200"),
    ("1: " + "x" * 201, "1 to 200"),
    ("1: a\u202eb", "plain characters"),
    ("title: A\nand more", "neither a title nor a line"),
)


async def test_a_reply_is_an_edit_or_talk_or_a_mistake_that_is_told(house: House):
    asked = house.ask(lines=LINES)
    for text, wanted in EDITS:
        assert read_rewording(text, asked) == wanted, text
    for text, why in MISTAKES:
        with pytest.raises(UsageError, match=why):
            read_rewording(text, asked)


async def test_words_are_changed_by_reply_shown_everywhere_and_approved(house: House):
    house.enrol(REVIEWER, "bob", Role.REVIEWER)
    asked = house.ask(lines=LINES)
    song, theirs = await house.song(), await house.song(REVIEWER)
    house.api.press(song, "Edit", OWNER)
    (listed,) = await until(lambda: house.api.shown(OWNER, "2: the rain is low"))
    assert "title: Slow Rain" in listed.text
    house.api.say(OWNER, STRANGER, "title: Stolen", reply_to=song)
    house.api.say(OWNER, OWNER, "title: <b>New</b> & Name\n2: the rain is blue", reply_to=song)
    for each in (song, theirs):
        await until(lambda each=each: "<b>New</b> & Name by Nova Rain" in each.text)
        assert "title was “Slow Rain”, 1 line changed" in each.text
        assert "✅ Approve" in each.buttons
    assert house.approval(asked).status == "pending"
    house.api.press(theirs, "Approve", REVIEWER)
    await until(lambda: "✅ Approved by bob (telegram)" in song.text)
    edits = house.approval(asked).edits
    assert edits == SongEdits(
        title="<b>New</b> & Name", lines=("the rain is slow", "the rain is blue", "and so we go")
    )
    assert house.history(asked) == [("edit", "ann"), ("decide", "bob")]


async def test_words_go_back_to_what_was_written(house: House):
    asked = house.ask(lines=LINES)
    song = await house.song()
    house.api.say(OWNER, OWNER, "title: New Name", reply_to=song)
    await until(lambda: "New Name by" in song.text)
    house.api.press(song, "Edit", OWNER)
    await until(lambda: "↩️ As it was written" in song.buttons)
    house.api.press(song, "As it was written", OWNER)
    await until(lambda: "Slow Rain by" in song.text)
    assert house.approval(asked).edits is None


async def test_a_decided_song_takes_no_words_and_a_wrong_line_is_answered(house: House):
    asked = house.ask(lines=LINES)
    song = await house.song()
    house.api.say(OWNER, OWNER, "9: too far", reply_to=song)
    await until(lambda: house.api.shown(OWNER, "there is no line 9"))
    await house.desk().decisions.approve(asked)
    house.api.say(OWNER, OWNER, "title: Late", reply_to=song)
    await until(lambda: house.api.shown(OWNER, "Slow Rain was approved by ada (cli)"))
    assert house.approval(asked).edits is None


async def test_a_reviewer_edits_in_a_group_while_another_writes_a_reason(house: House):
    house.enrol(REVIEWER, "bob", Role.REVIEWER)
    house.enrol_chat()
    asked = house.ask(lines=LINES)
    song = await house.song(GROUP)
    house.api.press(song, "Reject", OWNER)
    await until(lambda: "Dull melody" in song.buttons)
    house.api.press(song, "Other", OWNER)
    await until(lambda: "Reply to this message" in song.text)
    house.api.say(GROUP, REVIEWER, "title: Bob's Name", reply_to=song)
    await until(lambda: "Bob's Name by" in song.text)
    assert house.history(asked) == [("edit", "bob")]


async def test_the_longest_words_still_fit_a_caption(house: House):
    asked = house.ask(lines=LINES, reflection="r" * 900, feedback="f" * 900)
    edits = SongEdits(title="&" * 120, lines=tuple("x" * 200 for _ in LINES))
    edited = await house.desk().decisions.edit(asked, edits)
    told = caption(edited, SongFacts(cost_usd=0), house.label.settings, tagged=True)  # type: ignore[arg-type]
    assert "3 lines changed" in told
    assert len(told.replace("&amp;", "&")) <= 1024 + 60, "tags of HTML do not count"


async def test_a_press_on_a_message_that_showed_other_words_approves_nothing(house: House):
    house.enrol(REVIEWER, "bob", Role.REVIEWER)
    asked = house.ask(lines=LINES)
    song = await house.song()

    def data() -> str:
        return next(data for text, data in song.buttons.items() if "Approve" in text)

    shown = [data()]
    for words in ("3: and so we stay", "3: and so we fall"):
        house.api.say(OWNER, OWNER, words, reply_to=song)
        await until(lambda words=words: words in song.text)
        assert "1 line changed" in song.text
        assert data() not in shown
        shown.append(data())
    older = shown[0].rpartition(".")[0]
    for stale in (*shown[:2], older):
        answer = await house.answer(house.api.press(song, "", OWNER, data=stale))
        assert "were changed meanwhile" in answer
    assert house.approval(asked).status == "pending"
    house.api.press(song, "Approve", OWNER)
    await until(lambda: "✅ Approved" in song.text)
    assert house.approval(asked).edits.lines[2] == "and so we fall"
