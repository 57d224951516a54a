"""Audience files: whose they are is told by their columns, and what is none is one clear line."""

from pathlib import Path

import pytest

from agents.audience.files import read_audience
from storage.errors import UsageError

SPOTIFY = "song,listeners,streams,saves,release_date\nSlow Rain,10,25,3,2026-01-02\nNeon,1,2,,\n"
YOUTUBE = (
    "Content,Video title,Video publish time,Views,Watch time (hours),Subscribers\n"
    'Total,,,130,4.5,2\nabc,Slow Rain,"Jan 2, 2026","1,120",4.25,2\n'
)
DISTRIBUTOR = (
    "Reporting Date\tSale Month\tStore\tArtist\tTitle\tISRC\tQuantity\tEarnings (USD)\n"
    "2026-02-01\t2026-01\tSpotify\tNova\tSlow Rain\tX\t20\t0.06\n"
    "2026-02-01\t2026-01\tDeezer\tNova\tSlow Rain\tX\t5\t$0.02\n"
)


def told(tmp_path: Path, text: str, encoding: str = "utf-8"):
    path = tmp_path / "file.csv"
    path.write_text(text, encoding=encoding)
    return {(row.source, row.title, row.metric): row.value for row in read_audience(path)}


def test_each_services_file_is_read_as_it_was_downloaded(tmp_path: Path):
    assert told(tmp_path, SPOTIFY, "utf-8-sig") == {
        ("spotify_for_artists", "Slow Rain", "listeners"): 10,
        ("spotify_for_artists", "Slow Rain", "streams"): 25,
        ("spotify_for_artists", "Slow Rain", "saves"): 3,
        ("spotify_for_artists", "Neon", "listeners"): 1,
        ("spotify_for_artists", "Neon", "streams"): 2,
    }
    assert told(tmp_path, YOUTUBE) == {
        ("youtube_studio", "Slow Rain", "views"): 1120,
        ("youtube_studio", "Slow Rain", "watch_hours"): 4.25,
        ("youtube_studio", "Slow Rain", "followers"): 2,
    }
    assert told(tmp_path, DISTRIBUTOR) == {
        ("distributor", "Slow Rain", "streams"): 25,
        ("distributor", "Slow Rain", "earnings_usd"): pytest.approx(0.08),
    }


def test_earnings_are_dollars_counted_once_less_what_was_taken_back(tmp_path: Path):
    text = (
        "Title,Quantity,Earnings (USD),Net Revenue,Currency\n"
        'Slow Rain,5,"$1,250.50",1100,EUR\nSlow Rain,0,-$0.50,-0.4,EUR\nSlow Rain,0,-50,-44,EUR\n'
    )
    earned = ("distributor", "Slow Rain", "earnings_usd")
    assert told(tmp_path, text)[earned] == pytest.approx(1200)
    no_dollars = "Title,Quantity,Net Revenue,Currency\nSlow Rain,5,12.5,EUR\n"
    assert told(tmp_path, no_dollars) == {("distributor", "Slow Rain", "streams"): 5}


@pytest.mark.parametrize("cell", ["12,50", "1,2", ",5", "1,25,000", "1,250,0"])
def test_a_comma_that_parts_no_thousands_is_refused(tmp_path: Path, cell: str):
    with pytest.raises(UsageError, match="a comma parts thousands"):
        told(tmp_path, f'Title,Earnings (USD)\nSlow Rain,"{cell}"\n')


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("artist,plays\nNova,3\n", "spotify_for_artists has 'song' and one of"),
        ("", "the columns none"),
        (SPOTIFY.replace("25", "many"), "line 2: 'many' under 'streams' is no count"),
        (SPOTIFY.replace("25", "-5"), "is no count"),
        (SPOTIFY.replace("25", "nan"), "is no count"),
        ("song,streams\n", "no songs"),
        ('song,streams\n"' + "x" * 200_000 + '",1\n', "line 2"),
    ],
)
def test_wrong_columns_and_cells_are_one_clear_line(tmp_path: Path, text: str, said: str):
    with pytest.raises(UsageError, match=said) as error:
        told(tmp_path, text)
    assert len(str(error.value).splitlines()) == 1


def test_what_is_no_text_or_no_file(tmp_path: Path):
    (tmp_path / "x.csv").write_bytes(b"PK\x03\x04\xff\xfe")
    with pytest.raises(UsageError, match="export it as CSV"):
        read_audience(tmp_path / "x.csv")
    with pytest.raises(UsageError, match="cannot be read"):
        read_audience(tmp_path / "nothing.csv")
