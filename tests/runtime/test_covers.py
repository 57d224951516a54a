"""A song's cover in the label: it does not die of words that no typeface has, and its record tells what is missing."""

from pathlib import Path

from agents.visuals.identity import choose_identity
from configs.settings import Settings
from runtime import studio
from runtime.studio import StudioConfig
from tests.agents.music.songs import brief_of
from tests.homes import ready
from tests.storage.stage import asset, persona


def test_a_song_without_a_letter_that_can_be_drawn_has_a_cover_that_says_so(home: Path):
    ready(home)
    config = StudioConfig.of(Settings.load()).model_copy(update={"cover_px": 96})
    look = choose_identity(3, "folk", (), frozenset())
    for title, note in (("夜", "夜"), ("Night Bus", None)):
        singer = persona("שמש" if note else "Low Tide").model_copy(update={"visual": look})
        painted = studio.paint_cover(config, singer, brief_of(title=title), asset("ab"), 1).value
        for picture in painted:
            assert config.assets.exists(picture.sha256)
            assert (note in str(picture.facts["notes"])) if note else "notes" not in picture.facts
