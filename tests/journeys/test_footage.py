"""Songs whose pictures come from footage libraries at the far side of a socket, and what their faults do to them."""

import asyncio
import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import imageio_ffmpeg
import pytest

from runtime.label import Label
from storage import queries
from storage.cycles import Cycle
from storage.footage import footage_shown
from storage.types import Artwork, CycleState, CycleStep, Films, Outcome, SongRequest
from tests.agents.visuals.footage.library import KEY, Clip, Library, OpenLibrary
from tests.journeys.quick import changed, copied_home, decide, new_song, reaches
from tests.ui.conftest import Call, call

__all__ = ["call"]

pytestmark = [pytest.mark.walk, pytest.mark.cluster]


@pytest.fixture(scope="session")
def media(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Short clips that differ, lying and standing, and one that is much shorter than it will say."""
    folder = tmp_path_factory.mktemp("footage")
    made = {}
    for number in range(14):
        size = "180x320" if number >= 7 else "320x180"
        path = folder / f"{number}.mp4"
        source = f"gradients=s={size}:r=25:seed={number}:speed=0.01:d={1 if number == 6 else 14}"
        subprocess.run(
            [imageio_ffmpeg.get_ffmpeg_exe(), "-y", "-loglevel", "error", "-f", "lavfi", "-i", source,
             "-pix_fmt", "yuv420p", "-preset", "ultrafast", str(path)],
            check=True,
        )  # fmt: skip
        made[path.name] = path.read_bytes()
    return made


@pytest.fixture
def library(media: dict[str, bytes]) -> Iterator[Library]:
    with OpenLibrary() as library:
        library.media = media | {"torn.mp4": media["1.mp4"][:4000]}
        lying = {"width": 320, "height": 180, "seconds": 14}
        library.clips = [
            Clip(id=1, file="0.mp4", **lying),
            Clip(id=2, file="cut-1.mp4", **lying),
            Clip(id=3, file="torn.mp4", **lying),
            Clip(id=4, file="6.mp4", **lying),
            Clip(id=5, file="huge-2.mp4", **lying),
            Clip(id=6, file="endless-2.mp4", **lying),
            Clip(id=7, file="page-2.mp4", **lying),
            Clip(id=8, file="gone-2.mp4", **lying),
            Clip(id=9, file="2.mp4", slug="a-woman-smiling", **lying),
            Clip(id=10, file="2.mp4", quality="hls", **lying),
            *(Clip(id=20 + n, file=f"{n}.mp4", author=f"Ada {n}", **lying) for n in range(2, 6)),
            *(Clip(id=20 + n, file=f"{n}.mp4", width=180, height=320, seconds=14) for n in range(7, 14)),
        ]
        yield library


def keys(library: Library) -> dict[str, str]:
    return {"pexels_api_key": KEY, "pexels_base_url": library.url}


async def output(label: Label, cycle: Cycle, step: CycleStep) -> tuple[str, str]:
    """Who made a step's latest value, and the value."""
    from storage import steps

    rows = await label.store.read(steps.steps_of, cycle_id=cycle.id)
    row = [row for row in rows if row.name is step][-1]
    return row.provider, row.output or ""


async def test_a_song_is_filmed_from_footage_and_says_whose(
    label: Label, library: Library, home: Path, call: Call
):
    with changed(label, **keys(library)):
        artist = await label.create_artist(seed=61, genre=None, who="test")
        request = SongRequest(seed=61, seconds=10, formats=("16:9", "9:16"))
        cycle = await label.request_song(artist.id, request, who="test")
        await reaches(label, cycle, CycleState.WAITING, patience_s=240)
        provider, told = await output(label, cycle, CycleStep.PAINT)
        artwork = Artwork.model_validate_json(told)
        assert artwork.footage is not None
        assert provider == "pexels", artwork.footage.note
        shown = {str(clip.asset.facts["clip_id"]) for clip in artwork.footage.clips}
        assert shown <= {"1", "2", "22", "23", "24", "25"}, "neither broken ones nor people"
        assert len(shown) >= 4
        assert artwork.preview.provider == "pexels"
        assert {name for name, _ in library.fetched} & {
            "torn.mp4",
            "6.mp4",
            "huge-2.mp4",
            "page-2.mp4",
            "gone-2.mp4",
        }
        assert artwork.footage.note
        searches, downloads = len(library.asked), len(library.fetched)

        await decide(label, cycle)
        ended = await reaches(label, cycle, CycleState.ENDED)
        assert ended.outcome is Outcome.APPROVED, ended.reason
        _, told = await output(label, cycle, CycleStep.FILM)
        films = Films.model_validate_json(told)
        assert [video.asset.provider for video in films.videos] == ["pexels"] * len(films.videos)
        assert {query["orientation"] for query in library.asked[searches:]} == {"portrait"}
        assert not {name for name, _ in library.fetched[downloads:]} & {f"{n}.mp4" for n in range(7)}

        seen = await label.store.read(queries.cycle_overview, cycle_id=cycle.id)
        assert seen.cost_usd == 0
        assert seen.release is not None
        data = label.settings.home / "releases" / seen.release.directory / "data"
        licences = json.loads((data / "LICENSES.json").read_text())
        clips = [asset for asset in licences["assets"] if asset["kind"] == "footage"]
        assert {clip["provider"] for clip in clips} == {"pexels"}
        assert all("Pexels License" in clip["licence"] and clip["attribution"] for clip in clips)
        facts = json.loads((data / "release.json").read_text())
        assert facts["clearance"] == "cleared"
        assert "pexels" in facts["visuals_source"]
        for clip in clips:
            assert f"{clip['attribution']}, {clip['source_url']}" in facts["description"]
            assert clip["source_url"] in (data / "CREDITS.md").read_text()
        assert "none of which shows the artist" in facts["description"]
        assert '"AlgorithmicMedia' in (data / "release.jsonld").read_text().replace("https://schema.org/", "")
        assert not any(clip["sha256"] == file["sha256"] for clip in clips for file in facts["files"])

        verdicts = await label.store.read(footage_shown)
        mine = {each.clip_id: each.approved for each in verdicts if each.clip_id in shown}
        assert mine == dict.fromkeys(shown, True)
        assert {each.approved for each in verdicts if each.clip_id not in shown} == {None}

    # Elsewhere, and with no library to ask, the same films are made of the clips on record.
    await asyncio.to_thread(copied_home, label.settings.home, home)
    asked = len(library.asked), len(library.fetched)
    assert await pictures_again(call, cycle) == dict.fromkeys(("paint", "film", "package"), ("same", ""))
    assert (len(library.asked), len(library.fetched)) == asked
    lost = films.videos[0].asset.parents
    clip = next(each for each in clips if each["sha256"] in lost)
    (home / "assets" / clip["sha256"][:2] / clip["sha256"]).unlink()
    assert (await pictures_again(call, cycle))["film"] == ("differs", "the stored footage is gone")


async def pictures_again(call: Call, cycle: Cycle) -> dict[str, tuple[str, str]]:
    """What a replay of the song finds of its pictures and its release."""
    told = await asyncio.to_thread(call, "cycle", "replay", cycle.id, "--videos", "--json")
    steps = {step["name"]: (step["likeness"], step["what"]) for step in told.data["steps"]}
    return {name: steps[name] for name in ("paint", "film", "package")}


async def test_without_enough_footage_the_visualizer_draws_and_says_why(label: Label, library: Library):
    library.failing = 500
    with changed(label, **keys(library)):
        cycle = await new_song(label, seed=62)
        await reaches(label, cycle, CycleState.WAITING, patience_s=240)
        provider, told = await output(label, cycle, CycleStep.PAINT)
        artwork = Artwork.model_validate_json(told)
        assert provider == "embedded"
        assert artwork.footage is not None
        assert artwork.footage.clips == ()
        assert "pexels answers 500" in str(artwork.preview.facts["footage"])
