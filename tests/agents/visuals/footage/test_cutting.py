"""Films of footage: cut on the plan's bars, no clip twice in a row, credited, and looked at before they are used."""

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
import pytest
import soundfile

from agents.music.fingerprint import fingerprint
from agents.painter import SongFilm, film_song
from agents.visuals.colour import contrast, find_palette, srgb
from agents.visuals.editing import fast
from agents.visuals.editing.raster import rgb
from agents.visuals.encode import Reel
from agents.visuals.footage.choice import Shape
from agents.visuals.footage.cutting import Clip, Cutting, cut_film
from agents.visuals.footage.reception import look_at
from agents.visuals.footage.rhythm import clips_wanted, cuts, shortest_clip_s
from agents.visuals.timeline import Timeline
from agents.visuals.visualizer.projector import Projector
from agents.visuals.visualizer.sound import listen
from configs.palettes import load_palettes
from storage.errors import RenderError, UsageError
from storage.types import Asset, Clearance, FootageClip, PlannedLine, PlannedSection, SongPlan


def song(tempo_bpm: float, *sections: tuple[str, int, float], plan: SongPlan) -> SongPlan:
    """The same song with other sections: name, bars, energy."""
    beat, made, at = 60 / tempo_bpm, [], 0.0
    for name, bars, energy in sections:
        end = at + bars * 4 * beat
        made.append(PlannedSection(name=name, start_s=at, end_s=end, bars=bars, energy=energy))
        at = end
    beats = tuple(n * beat for n in range(round(at / beat)))
    told = {"tempo_bpm": tempo_bpm, "sections": tuple(made), "beats_s": beats, "bars_s": beats[::4],
            "duration_s": at + 1.0}  # fmt: skip
    return plan.model_copy(update=told)


@pytest.fixture
def whole(plan: SongPlan) -> SongPlan:
    return song(
        120, ("intro", 4, 0.3), ("verse", 8, 0.5), ("chorus", 8, 0.9), ("verse", 8, 0.5), ("chorus", 8, 0.9),
        ("outro", 4, 0.4), plan=plan,
    )  # fmt: skip


def clips(count: int, seconds: float = 12.0) -> tuple[Clip, ...]:
    return tuple(
        Clip(Path(f"{n}.mp4"), seconds, is_lively=n % 2 == 0, credit=f"author {n} (Pexels)") for n in range(count)
    )  # fmt: skip


def test_cuts_stand_on_bars_every_four_beats_in_choruses_and_every_eight_in_verses(whole: SongPlan):
    made = cuts(whole, 0.0, whole.duration_s, 30)
    assert sum(cut.frames for cut in made) == round(whole.duration_s * 30)
    starts = [sum(cut.frames for cut in made[:n]) for n in range(len(made))]
    bars = {round(bar * 30) for bar in whole.bars_s}
    assert bars.issuperset(starts)
    lengths = {cut.section: cut.frames for cut in made[:-1]}
    assert {whole.sections[n].name: frames for n, frames in lengths.items()} == {
        "intro": 120, "verse": 120, "chorus": 60, "outro": 120,
    }  # fmt: skip
    assert {cut.enters for cut in made if whole.sections[cut.section].name == "chorus"} == {"cut"}
    assert {cut.enters for cut in made[1:] if whole.sections[cut.section].name == "intro"} == {"dissolve"}
    assert made[0].enters == "dip"


@pytest.mark.parametrize("tempo_bpm", [40, 62, 97, 133, 180, 220])
def test_no_shot_is_too_short_to_see_or_endless(plan: SongPlan, tempo_bpm: float):
    whole = song(tempo_bpm, ("verse", 8, 0.5), ("chorus", 8, 0.9), ("outro", 3, 0.2), plan=plan)
    made = cuts(whole, 0.0, whole.duration_s, 25)
    assert sum(cut.frames for cut in made) == round(whole.duration_s * 25)
    assert all(1.2 * 25 - 1 <= cut.frames <= 8.5 * 25 for cut in made)


def test_a_span_is_cut_at_the_same_places(whole: SongPlan):
    at, edges = 0, set()
    for cut in cuts(whole, 0.0, whole.duration_s, 30):
        at += cut.frames
        edges.add(at)
    span = cuts(whole, 22.0, 52.0, 30)
    assert sum(cut.frames for cut in span) == 900
    at = 22 * 30
    for cut in span[:-1]:
        at += cut.frames
        assert at in edges


def cut(whole: SongPlan, visual, audio: Path, given: tuple[Clip, ...], **how: object) -> Timeline:
    return cutting(whole, visual, audio, given, **how).timeline


def cutting(whole: SongPlan, visual, audio: Path, given: tuple[Clip, ...], **how: object) -> Cutting:
    defaults = {"width": 320, "height": 180, "fps": 30, "seed": 4, "start_s": 0.0, "end_s": whole.duration_s,
                "captions": True}  # fmt: skip
    return cut_film(whole, audio, visual, given, **defaults | how)  # type: ignore[arg-type]


def test_clips_alternate_stay_inside_their_length_and_suit_the_section(whole: SongPlan, visual, audio: Path):
    film = cut(whole, visual, audio, clips(8))
    assert film.frames == round(whole.duration_s * 30)
    for number, (one, next_one) in enumerate(pairwise(film.shots)):
        assert one.clip != next_one.clip
        assert one.in_s + film.source_frames(number) / 30 <= 12.0
    made = cuts(whole, 0.0, whole.duration_s, 30)
    suits = [int(shot.clip.stem) % 2 == 0 for shot in film.shots]
    is_lively = [cut.is_lively for cut in made]
    assert sum(a == b for a, b in zip(suits, is_lively, strict=True)) >= 0.9 * len(made)
    assert len({shot.clip for shot in film.shots}) == 8
    assert cut(whole, visual, audio, clips(8)) == film
    assert cut(whole, visual, audio, clips(8), seed=5) != film
    with pytest.raises(RenderError, match="no footage lasts"):
        cut(whole, visual, audio, clips(8, 1.5))
    assert clips_wanted(whole) == 12
    assert 5 < shortest_clip_s(whole) < 8


def test_the_sources_and_the_virtual_artist_are_named_on_the_film(whole: SongPlan, visual, audio: Path):
    film = cut(whole, visual, audio, clips(3))
    notice = film.overlays[-1].text
    assert "virtual artist" in notice
    assert all(f"author {n} (Pexels)" in notice for n in range(3))
    many = (
        cut(whole, visual, audio, tuple(replace(c, credit=c.credit * 5) for c in clips(12))).overlays[-1].text
    )
    assert many.endswith(" and others")
    assert [text.text for text in film.captions] == [line.text for line in whole.lyric_lines]
    assert cut(whole, visual, audio, clips(3), captions=False).captions == ()
    preview = cut(whole, visual, audio, clips(3), start_s=2.0, end_s=9.0)
    assert len(preview.overlays) == 4, "no end card in the middle of a song"


def test_lines_that_footage_leaves_out_are_told(whole: SongPlan, visual, audio: Path):
    """Drawn films told them, those of footage did not."""
    quick = PlannedLine(text="too quick", section="verse", start_s=9.0, end_s=9.1)
    hurried = whole.model_copy(update={"lyric_lines": (quick,)})
    assert cutting(hurried, visual, audio, clips(4)).notes == (
        "1 of 1 lines pass too quickly to be read, and are left out",
    )
    assert cutting(hurried, visual, audio, clips(4), captions=False).notes == ()


@pytest.mark.parametrize("palette", load_palettes())
def test_cards_can_be_read_over_snow(palette: str, whole: SongPlan, visual, audio: Path):
    look = visual.model_copy(update={"palette": palette})
    veil = cutting(whole, look, audio, clips(4)).timeline.veils[-1]
    ground = np.array(rgb(veil.colour))
    snow = np.rint(255 * (1 - veil.centre) + ground * veil.centre)
    inks = find_palette(palette)
    assert contrast(srgb(inks.paper), snow) >= 4.5
    assert contrast(srgb(inks.glow), snow) >= 3


def test_a_film_of_footage_is_as_long_as_its_sound(plan: SongPlan, visual, audio: Path, film_clip, tmp_path):
    given = tuple(
        Clip(film_clip(f"cut{n}", size="160x90", seconds=7, hue=90 * n), 7.0, n % 2 == 0, f"author {n}")
        for n in range(4)
    )
    film = cut(plan, visual, audio, given, width=160, height=90, fps=10, end_s=plan.duration_s)
    facts = fast.render(film, tmp_path / "film.mp4", preset="ultrafast")
    assert facts.duration_s == pytest.approx(plan.duration_s, abs=0.05)
    assert abs(facts.duration_s - facts.audio_duration_s) <= 0.040
    assert facts.flashes_per_s <= 3


def test_a_clip_is_looked_at_before_it_is_kept(film_clip, tmp_path: Path):
    whole = film_clip("looked", seconds=3)
    shape = Shape(width=320, height=180, shortest_s=2.5)
    assert look_at(whole, shape).duration_s == pytest.approx(3, abs=0.05)
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    black = film_clip("black", seconds=3, hue=0, dark=True)
    for path, needs, reason in (
        (whole, shape.model_copy(update={"shortest_s": 4.0}), "lasts 3.0 s"),
        (whole, shape.model_copy(update={"width": 1280, "height": 720}), "is only 320×180"),
        (black, shape, "nothing but black"),
        (broken, shape, "cannot be|has no picture"),
    ):
        with pytest.raises(RenderError, match=reason):
            look_at(path, needs)


def test_shots_that_no_clip_is_left_for_are_drawn_between_the_others(whole: SongPlan, visual, audio: Path):
    for count in (1, 2, 3):
        made = cutting(whole, visual, audio, clips(count))
        assert made.timeline.frames == round(whole.duration_s * 30)
        drawn = {drawing.path: drawing for drawing in made.drawings}
        filmed = [shot for shot in made.timeline.shots if shot.clip not in drawn]
        assert {shot.clip for shot in filmed} == {clip.path for clip in clips(count)}
        assert len(filmed) == pytest.approx(len(cuts(whole, 0.0, whole.duration_s, 30)) * count / 4, abs=1)
        at, bars = 0, {round(bar * 30) for bar in whole.bars_s}
        for number, shot in enumerate(made.timeline.shots):
            assert at in bars
            if shot.clip in drawn:
                assert drawn[shot.clip].first_frame == at
                assert drawn[shot.clip].frames == made.timeline.source_frames(number)
            at += shot.frames
    assert cutting(whole, visual, audio, clips(4)).drawings == ()


def test_shots_longer_than_every_clip_are_drawn(whole: SongPlan, visual, audio: Path):
    made = cutting(whole, visual, audio, clips(6, 2.5))
    lengths = {shot.frames for shot in made.timeline.shots if shot.clip.parent != Path("drawn")}
    assert lengths == {60}, "bars of choruses are footage, verses are drawn"
    assert made.drawings


def test_a_mixed_film_shows_the_drawing_of_that_very_moment(plan, visual, audio: Path, film_clip, tmp_path):
    size = {"width": 160, "height": 90, "fps": 10, "seed": 3, "start_s": 0.0, "end_s": None}
    given = [(on_record("7.0"), film_clip("mixed", size="160x90", seconds=7, hue=90))]

    def film(name: str) -> SongFilm:
        how = {
            "preset": "veryfast",
            "captions": "never",
            "missed": "1 clips of 4; pexels does not take the key",
            **size,
        }
        return film_song(plan, audio, visual, tmp_path / name, clips=given, **how)

    made = film("film.mp4")
    assert made.note == "1 clips of 4; pexels does not take the key; 7 of 10 s are drawn"
    assert [one.asset.sha256 for one in made.clips] == ["a" * 64]
    assert made.facts.duration_s == pytest.approx(plan.duration_s, abs=0.05)
    assert [path.name for path in tmp_path.iterdir()] == ["film.mp4"]
    film("again.mp4")
    same = (tmp_path / "film.mp4").read_bytes() == (tmp_path / "again.mp4").read_bytes()
    assert same, "a replay compares bytes"


def test_a_drawn_shot_is_that_of_the_wholly_drawn_film(plan, visual, audio: Path, film_clip, tmp_path):
    """Of two clips, verse and outro are drawn; the verse is sung so softly that by itself it would be all there is."""
    wave, rate = soundfile.read(audio, dtype="float32")
    wave[int(2.4 * rate) : int(4.8 * rate)] *= 0.01
    soundfile.write(tmp_path / "song.wav", wave, rate)
    given = [(on_record("7.0"), film_clip(f"turn{n}", size="160x90", seconds=7, hue=90 * n)) for n in (0, 1)]
    made = film_song(
        plan, tmp_path / "song.wav", visual, tmp_path / "film.mp4", clips=given, width=160, height=90, fps=10,
        seed=3, start_s=0.0, end_s=None, preset="veryfast", captions="never",
    )  # fmt: skip
    assert made.note.endswith("5 of 10 s are drawn")

    def verse(start_s: float) -> np.ndarray:
        """As it is drawn by what is heard from there on until its end."""
        frames = round((4.8 - start_s if start_s else plan.duration_s) * 10)
        sound = listen(tmp_path / "song.wav", start_s, frames, 10)
        film = Projector(plan, sound, visual, Reel(160, 90, 10, frames, start_s), None, 3).frames()
        drawn = np.stack([frame.y.astype(float) for frame in film])
        return blocks(drawn[round((3.0 - start_s) * 10) :])

    def blocks(luma: np.ndarray) -> np.ndarray:
        """The middle of 14 frames, between title card and change of scenes, as means of 10×10 pixels, in which grain is not seen."""
        return luma[:14, 20:70, 50:110].reshape(14, 5, 10, 6, 10).mean(axis=(2, 4))

    mixed = blocks(lumas(tmp_path / "film.mp4")[30:])
    assert np.corrcoef(mixed.ravel(), verse(0.0).ravel())[0, 1] > 0.98
    veil = np.polyfit(verse(0.0).ravel(), mixed.ravel(), 1)
    off, off_alone = (np.abs(np.polyval(veil, one) - mixed).mean() for one in (verse(0.0), verse(2.4)))
    assert off < 0.6 * off_alone, "what is heard of the whole film counts"


def on_record(duration_s: str) -> FootageClip:
    facts = {"author": "somebody", "duration_s": duration_s}
    asset = Asset(
        sha256="a" * 64, kind="footage", media_type="video/mp4", size_bytes=1, tool="person",
        provider="pexels", clearance=Clearance.CLEARED, facts=facts,
    )  # fmt: skip
    return FootageClip(asset=asset, is_lively=True)


@pytest.mark.parametrize(
    ("change", "remedy"),
    [
        ({"fps": 0}, "1 to 60"),
        ({"preset": "placebo; rm"}, "choose one of"),
        ({"start_s": 99.0}, "nothing to show"),
        ({"width": 161}, "even sides"),
    ],
)
def test_what_cannot_be_made_is_refused_before_a_clip_is_opened(
    change, remedy, plan, visual, audio: Path, tmp_path
):
    how = {
        "width": 160,
        "height": 90,
        "fps": 10,
        "seed": 3,
        "start_s": 0.0,
        "end_s": None,
        "preset": "veryfast",
    }
    absent = [(on_record("7.0"), tmp_path / "absent.mp4")]
    with pytest.raises(UsageError, match=remedy):
        film_song(plan, audio, visual, tmp_path / "film.mp4", clips=absent, **how | change)
    assert list(tmp_path.iterdir()) == []


def test_a_film_of_footage_knows_its_own_recording(plan, visual, audio: Path, film_clip, tmp_path):
    """It compared lengths alone, and showed another song's title and words to a recording of the same length."""
    clip, other = (on_record("7.0"), film_clip("own", size="160x90", seconds=7)), tmp_path / "other.wav"
    soundfile.write(other, np.random.default_rng(5).normal(0, 0.1, soundfile.info(audio).frames), 8_000)

    def made(told: SongPlan, recording: Path) -> SongFilm:
        return film_song(
            told, recording, visual, tmp_path / "film.mp4", clips=[clip], width=160, height=90, fps=10,
            seed=3, start_s=0.0, end_s=2.0, preset="veryfast",
        )  # fmt: skip

    known = plan.model_copy(update={"fingerprint": fingerprint(audio)})
    with pytest.raises(
        UsageError, match=r"that of “Glass Horizon” by Nova Lux, which sounds unlike other\.wav"
    ):
        made(known, other)
    assert list(tmp_path.iterdir()) == [other]
    assert made(known, audio).clips == (clip[0],)
    assert made(plan, other).clips == (clip[0],), "a plan inside a song's cycle has no fingerprint yet"


def test_an_hour_with_clips_is_refused_as_an_hour_without_is(plan, visual, tmp_path):
    hour = tmp_path / "hour.flac"
    soundfile.write(hour, np.zeros(3600 * 1000, dtype=np.int16), 1000)
    told = plan.model_copy(update={"duration_s": 3600.0})
    absent = (on_record("7.0"), tmp_path / "absent.mp4")
    for given in ([], [absent]):
        with pytest.raises(UsageError, match="60 minutes are more than a film holds"):
            film_song(
                told, hour, visual, tmp_path / "film.mp4", clips=given, width=160, height=90, fps=10, seed=3,
                start_s=0.0, end_s=None, preset="veryfast",
            )  # fmt: skip
    assert list(tmp_path.iterdir()) == [hour]


def lumas(path: Path) -> np.ndarray:
    with av.open(str(path)) as container:
        return np.stack([frame.to_ndarray(format="gray") for frame in container.decode(video=0)]).astype(
            float
        )
