"""The genre table: complete, typed, and honest about its mistakes."""

import pytest
from pydantic import ValidationError

from agents.music.local.desk import DRUM_LEVELS
from agents.music.local.instruments import INSTRUMENTS
from agents.music.local.percussion import KITS
from agents.music.theory import SCALES
from configs.genres import Genre, load_genres

PROMISED = {
    "synthwave", "house", "lofi", "trap", "indie", "ambient", "techno", "darkwave", "drum_and_bass", "phonk",
}  # fmt: skip


def test_promised_genres_are_there():
    assert set(load_genres()) >= PROMISED


@pytest.mark.parametrize("name", load_genres())
def test_stock_names_only_what_exists(name):
    stock = load_genres()[name].stock
    pitched = {*stock.melody, *stock.counter, *stock.chords, *stock.pad, *stock.arpeggio, *stock.bass}
    assert pitched <= set(INSTRUMENTS)
    assert set(stock.kit) <= set(KITS)


@pytest.mark.parametrize("name", load_genres())
def test_grooves_use_known_drums_and_chorus_differs_from_verse(name):
    grooves = load_genres()[name].grooves
    assert all(set(groove) <= set(DRUM_LEVELS) for groove in grooves)
    assert grooves[0] != grooves[-1]


@pytest.mark.parametrize("name", load_genres())
def test_every_form_brings_the_hook(name):
    for form in load_genres()[name].form_sections():
        assert {"chorus", "drop"} & {section for section, _ in form}


def test_modes_run_from_bright_to_dark():
    order = list(SCALES)
    for genre in load_genres().values():
        places = [order.index(mode) for mode in genre.modes]
        assert places == sorted(places)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("tempo_bpm", (120.0, 100.0)),
        ("bass", ("r-r-",)),
        ("chords", ("x--------------?",)),
        ("grooves", ({"kick": "x...y...x...x..."},)),
        ("forms", ("Verse8",)),
        ("swing", 2.0),
    ],
)
def test_malformed_entry_is_refused(field, value):
    entry = load_genres()["house"].model_dump() | {field: value}
    with pytest.raises(ValidationError, match=field):
        Genre.model_validate(entry)
