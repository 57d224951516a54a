"""What a release says of itself: true, complete, and nobody's private matter."""

import json
import re

import pytest

from agents.packager import package
from agents.release.job import BagFile, ancestors
from agents.release.papers import papers
from agents.release.rights import bio_of, clearance_of, disclosure, fonts
from agents.release.tags import initial_key
from storage.types import Asset, Clearance, Lyrics, PlannedLine


@pytest.fixture
def job(song):
    return song[0]


@pytest.fixture
def written(job) -> dict[str, str]:
    files = (
        BagFile(path="data/audio/01 Glass Horizon.wav", asset=job.master.wav, role="master"),
        BagFile(path="data/cover/cover.jpg", asset=job.artwork.cover, role="cover"),
    )
    return papers(job, files)


def test_json_is_sorted_and_can_be_read(written):
    for name, text in written.items():
        if name.endswith((".json", ".jsonld")):
            assert json.dumps(json.loads(text), ensure_ascii=False, indent=2, sort_keys=True) + "\n" == text


def test_codes_that_only_an_authority_gives_stay_null(written):
    facts = json.loads(written["data/release.json"])
    assert facts["isrc"] is None
    assert facts["upc"] is None


def test_facts_are_those_of_this_song(job, written):
    facts = json.loads(written["data/release.json"])
    assert facts["recording"]["loudness_lufs"] == job.master.loudness_lufs
    assert facts["critic"]["score"] == job.critique.score
    assert facts["brief"]["seed"] == job.brief.seed
    assert facts["structure"][0]["name"] == "verse"
    assert facts["summary"] == (
        "Glass Horizon is 00:01 of synthwave at 120.0 BPM in F# minor about roads: verse 00:00."
    )


def test_no_reviewer_and_no_machine_is_named(song, tmp_path):
    job, files = song
    folder = tmp_path / package(job, files, tmp_path).directory
    for path in folder.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            for private in (b"maria", b"love it", b"/home/", str(tmp_path).encode()):
                assert private not in content


def test_lyrics_are_timed_by_the_plan(written):
    assert written["data/lyrics/lyrics.lrc"].splitlines()[3:] == [
        "[00:00.00]Glass roads “shine” under me;",
        "[00:00.50]# I keep = the \\ light 😀",
        "[00:00.90]",
    ]


def test_guessed_times_are_no_file_to_sing_along_to(job, written):
    plan = job.plan.model_copy(update={"has_line_times": False})
    told = papers(job.model_copy(update={"plan": plan}), _cover(job))
    assert "data/lyrics/lyrics.lrc" not in told
    assert told["data/lyrics/lyrics.txt"] == written["data/lyrics/lyrics.txt"]
    assert json.loads(told["data/release.json"])["lyrics_note"].startswith("No lyrics.lrc: nobody knows")
    assert json.loads(written["data/release.json"])["lyrics_note"] is None


def test_a_rest_between_lines_clears_the_screen(job):
    lines = (
        PlannedLine(text="one", section="verse", start_s=1, end_s=2),
        PlannedLine(text="two", section="chorus", start_s=61.999, end_s=63),
    )
    plan = job.plan.model_copy(update={"lyric_lines": lines})
    text = papers(job.model_copy(update={"plan": plan}), _cover(job))["data/lyrics/lyrics.lrc"]
    assert text.splitlines()[3:] == ["[00:01.00]one", "[00:02.00]", "[01:02.00]two", "[01:03.00]"]


def test_a_song_without_words_says_so(job):
    lyrics = Lyrics(title="x", hook="", sections=(), source="offline")
    silent = job.model_copy(update={"lyrics": lyrics})
    assert "(instrumental)" in papers(silent, _cover(job))["data/lyrics/lyrics.txt"]
    assert disclosure(silent)["lyrics"]["ai"] == "none"


def _cover(job) -> tuple[BagFile, ...]:
    return (BagFile(path="data/cover/cover.jpg", asset=job.artwork.cover, role="cover"),)


# ---------------------------------------------------------------- rights


def test_disclosure_comes_from_lineage(job):
    said = disclosure(job)
    assert said["composition"]["tools"] == ["labelmate composer 1"]
    assert said["instrumentation"]["tools"] == ["labelmate engine 1"]
    assert said["vocals"]["ai"] == "none"
    sung = job.model_copy(update={"plan": job.plan.model_copy(update={"has_vocals": True})})
    assert disclosure(sung)["vocals"]["ai"] == "generated"


def test_a_persons_words_are_not_called_ai(job):
    own = job.model_copy(update={"lyrics": job.lyrics.model_copy(update={"source": "person"})})
    assert disclosure(own)["lyrics"]["ai"] == "none"


def test_a_bought_recording_answers_for_its_composition_too(job):
    wav = job.master.wav.model_copy(update={"parents": (), "tool": "suno v5", "provider": "suno"})
    bought = job.model_copy(update={"master": job.master.model_copy(update={"wav": wav})})
    assert disclosure(bought)["composition"]["providers"] == ["suno"]
    assert "TrainedAlgorithmicMedia" in papers(bought, _cover(job))["data/release.jsonld"]


@pytest.mark.parametrize(
    ("clearances", "expected"),
    [
        ((Clearance.CLEARED, Clearance.CLEARED), Clearance.CLEARED),
        ((Clearance.CLEARED, Clearance.NEEDS_PERSON), Clearance.NEEDS_PERSON),
        ((Clearance.NEEDS_PERSON, Clearance.BLOCKED), Clearance.BLOCKED),
    ],
)
def test_the_least_cleared_ancestor_decides(job, clearances, expected):
    score = job.assets[0].model_copy(update={"clearance": clearances[1]})
    wav = job.master.wav.model_copy(update={"clearance": clearances[0]})
    made = job.model_copy(update={"assets": (score,), "master": job.master.model_copy(update={"wav": wav})})
    assert clearance_of(made, (BagFile(path="data/a.wav", asset=wav, role="master"),)) is expected


def test_a_parent_nobody_knows_needs_a_person(job):
    file = BagFile(path="data/a.wav", asset=job.master.wav, role="master")
    assert clearance_of(job, (file,)) is Clearance.CLEARED
    assert clearance_of(job.model_copy(update={"assets": ()}), (file,)) is Clearance.NEEDS_PERSON


def test_lineage_that_runs_in_a_circle_ends():
    one = Asset(sha256="1", kind="a", media_type="x", size_bytes=1, parents=("2",), tool="t")
    two = Asset(sha256="2", kind="b", media_type="x", size_bytes=1, parents=("1",), tool="t")
    assert ancestors(one, {"1": one, "2": two}) == (one, two)


@pytest.mark.parametrize(
    "tagline",
    [
        "Born in Detroit, raised on radio",
        "A real person with real songs",
        "I am human",
        "A 24 years old dreamer",
    ],
)
def test_no_credit_claims_a_human(job, tagline):
    persona = job.persona.model_copy(update={"tagline": tagline})
    assert bio_of(persona) == "Nova Lux is a virtual artist, made with AI."
    claims = job.model_copy(update={"persona": persona})
    for text in papers(claims, _cover(job)).values():
        assert tagline not in text


def test_fonts_are_listed_with_the_licence_their_package_declares(job):
    assert [(font["family"], font["licence"]) for font in fonts(job.persona)] == [
        ("Bebas Neue", "OFL-1.1"),
        ("Inter", "OFL-1.1"),
    ]
    visual = job.persona.visual.model_copy(update={"text_font": "No Such Face"})
    unknown = fonts(job.persona.model_copy(update={"visual": visual}))[1]
    assert unknown["licence"] == "unknown"


def test_credits_name_every_tool(job, written):
    for asset in job.lineage().values():
        assert asset.tool in written["data/CREDITS.md"]
    assert re.search(r"virtual artist.*made with AI", written["data/CREDITS.md"])


def test_linked_data_points_at_files_by_url(written):
    data = json.loads(written["data/release.jsonld"])
    assert data["associatedMedia"][0]["contentUrl"] == "audio/01%20Glass%20Horizon.wav"
    assert data["byArtist"]["description"].startswith("Nova Lux is a virtual artist")
    assert data["digitalSourceType"] == "https://schema.org/AlgorithmicMediaDigitalSource"


@pytest.mark.parametrize(
    ("key", "mode", "written_key"), [("F#", "minor", "F#m"), ("C", "major", "C"), ("D", "dorian", "Dm")]
)
def test_keys_are_written_as_id3_wants_them(key, mode, written_key):
    assert initial_key(key, mode) == written_key
