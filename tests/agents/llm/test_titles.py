"""Titles from the banks' things."""

from agents.llm.offline.banks import theme_banks
from agents.llm.offline.brief import _noun_titles


def test_no_title_picks_one_thing_out_of_several():
    """`Other Toothbrush` had made the hook `Slow it down for the other toothbrush`."""
    titles = [title for bank in theme_banks().values() for title in _noun_titles(bank)]
    picking = ("Other ", "Second ", "Two ", "Three ", "Same ", "Only ", "Single ", "Wrong ", "Whole ")
    assert len(titles) > 200
    assert [title for title in titles if title.startswith(picking)] == []
