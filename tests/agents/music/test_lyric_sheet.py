"""A person's words on a form, in any script; sheets that cannot be sung are refused in one line."""

import pytest

from agents.composer import compose
from agents.music.lyric_sheet import lay_lyrics, read_lyrics
from storage.errors import UsageError
from tests.agents.music.songs import brief_of, form_of

BRIEF = brief_of("synthwave", form=form_of("intro2 verse4 chorus4 verse4 chorus4 outro2"))
CHORUS = "Stay\nStay the night\nStay"


def test_stanzas_go_to_the_form_in_order_and_a_chorus_returns():
    lyrics = lay_lyrics(f"[Verse 1]\nOne\nTwo\n\n[Chorus]\n{CHORUS}\n\n[Verse 2]\nThree", BRIEF)
    assert [(s.section, s.position, s.lines) for s in lyrics.sections] == [
        ("verse", 1, ("One", "Two")),
        ("chorus", 2, ("Stay", "Stay the night", "Stay")),
        ("verse", 3, ("Three",)),
        ("chorus", 4, ("Stay", "Stay the night", "Stay")),
    ]
    assert lyrics.hook == "Stay"
    plain = lay_lyrics(f"One\nTwo\n\n{CHORUS}\n\nThree", BRIEF)
    assert [s.lines for s in plain.sections] == [s.lines for s in lyrics.sections]


def test_a_chorus_is_the_drop_of_club_music():
    brief = brief_of("house", form=form_of("verse4 drop4"))
    assert [s.section for s in lay_lyrics("[refrain]\nHold on", brief).sections] == ["drop"]


@pytest.mark.parametrize(
    "line", ["夜の港に灯がともる", "Над гаванью погасли фонари", "ضوء الميناء يخبو", "Ça va, Łódź?"]
)
def test_any_script_is_timed_like_any_other(tmp_path, line):
    path = tmp_path / "words.txt"
    path.write_text(f"\u200f{line}\n{line}\n\n{line}", encoding="utf-8")
    _, plan = compose(BRIEF, read_lyrics(path, BRIEF))
    assert [timed.text for timed in plan.lyric_lines] == [line] * 4
    assert all(timed.end_s > timed.start_s for timed in plan.lyric_lines)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("\n \n", "hold no words"),
        ("a line\n" * 4_000, "4000 lines: at most 400"),
        ("[verse]\n" + "a line\n" * 9, "a verse of 4 bars: at most 8"),
        ("[bridge]\nOver", "no section is left for a stanza \\[bridge\\]; the form is intro verse"),
        ("a\n\nb\n\nc\n\nd\n\ne", "no section is left"),
        ("x" * 101, "101 characters: at most 100"),
        ("a\x00b", "printable"),
    ],
)
def test_sheets_that_cannot_be_sung_are_refused(text, said):
    with pytest.raises(UsageError, match=said) as refused:
        lay_lyrics(text, BRIEF)
    assert "\n" not in str(refused.value)


def test_files_that_are_no_sheets_are_refused(tmp_path):
    (tmp_path / "long.txt").write_text("A line of some words\n" * 10_000)
    (tmp_path / "latin.txt").write_bytes("Café\n".encode("latin-1"))
    for name, said in (("long.txt", "bytes: "), ("latin.txt", "UTF-8"), ("none.txt", "cannot be read")):
        with pytest.raises(UsageError, match=said):
            read_lyrics(tmp_path / name, BRIEF)


def test_a_person_s_sheet_is_marked_like_any_other_words():
    assert lay_lyrics("What the fuck\n\nStay", BRIEF).explicit
    assert not lay_lyrics("What the fox\n\nStay", BRIEF).explicit
