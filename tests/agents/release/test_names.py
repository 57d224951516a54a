"""File names: safe everywhere, for every title there is."""

import re
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agents.release.names import file_stem, one_line, release_directory, slug


@pytest.mark.parametrize(
    ("title", "stem"),
    [
        ("Glass Horizon", "Glass Horizon"),
        ("AC/DC: what?", "AC DC what"),
        ("..", "untitled"),
        ("", "untitled"),
        ("50% off.", "50 off"),
        ("con", "con song"),
        ("Déjà vu — 雪", "Déjà vu — 雪"),
        ("line\nbreak\ttab", "line break tab"),
        ("e\u0301", "é"),
        ("a\u202eb\u200bc", "abc"),
    ],
)
def test_stems(title, stem):
    assert file_stem(title) == stem


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=400))
def test_no_title_makes_an_unsafe_name(title):
    stem = file_stem(title)
    assert 0 < len(stem.encode()) <= 125
    assert not re.search(r'[<>:"/\\|?*%\x00-\x1f]', stem)
    assert stem == stem.strip(" .~-")
    assert unicodedata.is_normalized("NFC", stem)
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", slug(title))


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=80))
def test_one_line_is_one_line_and_stays_as_it_is(text):
    line = one_line(text)
    assert len(line.splitlines()) <= 1
    assert one_line(line) == line


def test_directories_differ_by_release_and_repeat_for_the_same():
    assert release_directory("nova-lux", "雪", "rel_1") == release_directory("nova-lux", "雪", "rel_1")
    assert release_directory("nova-lux", "雪", "rel_1") != release_directory("nova-lux", "雪", "rel_2")
    assert release_directory("../..", "../x", "rel_1").count("/") == 1
