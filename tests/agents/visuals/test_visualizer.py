"""The visualizer frame by frame: it moves with the beat, flashes nowhere, and keeps words where they belong."""

import weakref
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
import pytest
import soundfile

from agents.visuals.colour import find_palette
from agents.visuals.editing.raster import typeset
from agents.visuals.encode import Reel
from agents.visuals.titles import Titles, are_captions_wanted, caption_times
from agents.visuals.visualizer.enlarge import Enlarger
from agents.visuals.visualizer.field import Field, Flow, colour_table
from agents.visuals.visualizer.flashes import FlashMeter
from agents.visuals.visualizer.frame import Frame, to_rgb, to_yuv
from agents.visuals.visualizer.motion import MOTIONS, find_motion
from agents.visuals.visualizer.pen import Stars, dots, floor, polyline
from agents.visuals.visualizer.programme import plan_scenes
from agents.visuals.visualizer.projector import Projector, lit_pictures
from agents.visuals.visualizer.rhythm import MIN_GAP_S, follow, thin
from agents.visuals.visualizer.scenes import SCENES
from agents.visuals.visualizer.scenes.ink import Ink
from agents.visuals.visualizer.scenes.scene import Look, Moment
from agents.visuals.visualizer.sound import listen
from agents.visuals.visualizer.stage import SAFE_MARGIN, Stage
from agents.visuals.visualizer.words import Words
from storage.errors import UsageError
from storage.types import PlannedLine, SongPlan, VisualIdentity

FPS = 25
"""At which, as at 30, the light behind the ink rests at every second picture."""
WHOLE = Reel(320, 180, FPS, round(9.6 * FPS), 0.0)
BEATS_FPS = 30


def project(
    plan: SongPlan,
    audio: Path,
    visual: VisualIdentity,
    *,
    size=(192, 108),
    span=(0.0, 9.6),
    captions="always",
    fps=FPS,
):
    """Luma of every frame: uint8 (frames, height, width)."""
    reel = Reel(*size, fps, round((span[1] - span[0]) * fps), span[0])
    words = Words(plan, visual, reel, captions=captions)
    projector = Projector(plan, listen(audio, span[0], reel.frames, fps), visual, reel, words, 3)
    return np.stack([frame.y.copy() for frame in projector.frames()])


def beat(
    plan: SongPlan, audio: Path, visual: VisualIdentity, *, late: int = 0, **changes: object
) -> tuple[float, float]:
    """How much more the picture changes into the frames of the plan's beats than into those between in which the light
    moves, which is every second one: in the mean, and at the weakest beat.

    Of a plan with `changes`, of which all beats fall on even pictures, or `late` ones further; on means of 8×8 pixels, in which grain is not seen.
    """
    own, start_s = plan.model_copy(update=changes), 2.4 - late / BEATS_FPS
    luma = project(own, audio, visual, captions="never", fps=BEATS_FPS, span=(start_s, 6.6))
    blocks = luma[:, :104].reshape(len(luma), 13, 8, 24, 8).mean(axis=(2, 4))
    change = np.abs(np.diff(blocks, axis=0)).mean(axis=(1, 2))
    at = [round((beat_s - start_s) * BEATS_FPS) for beat_s in plan.beats_s if 3.2 < beat_s < 5.9]
    on = [change[frame - 1] for frame in at]
    between = np.mean([change[frame + 9 : frame + 15].reshape(3, 2).max(axis=1) for frame in at])
    return float(np.mean(on) / between), float(min(on) / between)


@pytest.mark.parametrize("scene", SCENES)
def test_every_scene_jumps_on_the_beat_and_rests_between(scene, plan, audio, visual):
    own = visual.model_copy(update={"scenes": (scene,)})
    mean, least = beat(plan, audio, own)
    assert mean > 2.2
    assert least > 1.6
    without, _ = beat(plan, audio, own, kicks_s=(), beats_s=(), bars_s=())
    assert without < 1.3, "the same sound without a beat in its plan"


def test_a_kick_moves_the_light_at_once(plan, audio, visual):
    """Also where it falls on a picture in which it would rest."""
    dark = visual.model_copy(update={"scenes": ("halo",), "grain": 0.0})
    mean, least = beat(plan, audio, dark, late=1)
    assert mean > 2.2
    assert least > 1.9


@pytest.mark.parametrize("scene", SCENES)
def test_no_scene_flashes_more_than_three_times_a_second_whatever_the_drums_do(scene, plan, audio, visual):
    frantic = plan.model_copy(update={"kicks_s": tuple(np.arange(0, 9.6, 0.09)), "tempo_bpm": 200.0})
    meter = FlashMeter(FPS)
    for luma in project(
        frantic, audio, visual.model_copy(update={"scenes": (scene,)}), span=(2.4, 6.0), captions="never"
    ):
        meter.see(luma)
    assert meter.per_second() <= 3


@pytest.mark.parametrize("style", MOTIONS)
def test_every_motion_style_keeps_the_beat_and_flashes_nowhere(style, plan, audio, visual):
    own = visual.model_copy(update={"motion_style": style, "scenes": ("halo", "tunnel")})
    mean, least = beat(plan, audio, own)
    assert mean > 2.2
    assert least > 1.6
    without, _ = beat(plan, audio, own, kicks_s=(), beats_s=(), bars_s=())
    assert without < 1.6
    luma = project(plan, audio, own, captions="never", span=(2.4, 7.2))
    meter = FlashMeter(FPS)
    for frame in luma:
        meter.see(frame)
    assert meter.per_second() <= 3


def test_motion_styles_move_the_light_each_in_its_own_way():
    """A ring of light, left to itself for six frames: outward, hardly, faster, turned, inward."""
    stage, radii = Stage(320, 180), {}
    for style, motion in MOTIONS.items():
        field = Field(stage, find_palette("glacier"), 1, 0.0)
        ring, dark = np.zeros((180, 320), np.uint8), np.zeros((180, 320), np.uint8)
        cv2.circle(ring, tuple(map(int, stage.focus)), 40, 200, 3)
        field.advance(ring, Flow(), 1.0, 0.0)
        for _ in range(6):
            field.advance(dark, motion.bend(Flow(zoom=1.03, warp=0.0)), 1.0, 0.0)
        ys, xs = np.nonzero(field.light > 0.6 * field.light.max())
        side = field.light.shape[0] / stage.height
        radii[style] = float(np.hypot(xs / side - stage.focus[0], ys / side - stage.focus[1]).mean())
    assert radii["fall"] < 40 < radii["drift"] < radii["glide"] < radii["pulse"]
    assert MOTIONS["orbit"].bend(Flow()).turn > 0
    with pytest.raises(UsageError, match="orbit"):
        find_motion("moonwalk")


def test_a_film_that_begins_in_a_change_of_scenes_shows_nothing_of_what_was_before(plan, audio, visual):
    """At 4.8 s the verse gives way to the chorus."""

    def begun(other: str, energy: float) -> np.ndarray:
        intro = plan.sections[0].model_copy(update={"energy": energy})
        own = plan.model_copy(update={"sections": (intro, *plan.sections[1:])})
        scenes = visual.model_copy(update={"scenes": ("halo", other, "sunrise", "swarm")})
        return project(own, audio, scenes, span=(4.8, 5.6), captions="never")

    luma = begun("tunnel", 0.3)
    assert np.array_equal(luma, begun("lattice", 0.3)), "the scene of the verse"
    assert np.array_equal(luma, begun("tunnel", 0.2)), "the hue of the intro"
    assert luma[-3].max() > 150


def test_a_film_that_ends_in_a_change_of_scenes_does_not_begin_it(plan, audio, visual):
    """At 4.8 s the verse gives way to the chorus."""
    verse, *ends = (
        project(
            plan,
            audio,
            visual.model_copy(update={"scenes": (chorus, "tunnel", "sunrise", "swarm")}),
            span=(3.6, end_s),
            captions="never",
        )
        for chorus, end_s in (("halo", 4.8), ("lattice", 4.8), ("halo", 5.2), ("lattice", 5.2))
    )
    assert np.array_equal(verse, ends[0])
    assert not np.array_equal(ends[1], ends[2]), "more than half of the change is in the film"


def test_a_scene_goes_on_while_the_next_one_comes(plan, audio, visual, monkeypatch):
    made = []

    class Counted(SCENES["halo"]):
        def __init__(self, look) -> None:
            made.append(look.seed)
            super().__init__(look)

    monkeypatch.setitem(SCENES, "halo", Counted)
    monkeypatch.setitem(SCENES, "tunnel", Counted)
    project(plan, audio, visual.model_copy(update={"scenes": ("halo", "tunnel")}), span=(4.8, 9.6))
    assert len(made) == 2, "one for the chorus, in whose change the film begins, and one for the outro"


@pytest.mark.parametrize("style", MOTIONS)
def test_a_change_of_scenes_moves_the_light_as_the_style_does(style, plan, audio, visual, monkeypatch):
    own = visual.model_copy(update={"motion_style": style, "scenes": ("halo", "tunnel")})
    flows = []
    advance = Field.advance
    monkeypatch.setattr(Field, "advance", lambda *given: flows.append(given[2]) or advance(*given))
    project(plan, audio, own, span=(3.6, 6.0), captions="never")
    assert 27 <= len(flows) <= 31, "at every second picture, counted anew from each kick"
    assert {flow.zoom > 1 for flow in flows} == {find_motion(style).rush > 0}


def test_the_meter_sees_a_strobe():
    meter = FlashMeter(20)
    for number in range(40):
        meter.see(np.full((108, 192), 235 if number % 4 < 2 else 16, dtype=np.uint8))
    assert meter.per_second() == 5
    calm = FlashMeter(20)
    for number in range(40):
        calm.see(np.full((108, 192), 100 + number, dtype=np.uint8))
    assert calm.per_second() == 0


def test_scenes_look_different(plan, audio, visual):
    only = [visual.model_copy(update={"scenes": (scene,)}) for scene in SCENES]
    pictures = [project(plan, audio, one, span=(5.0, 6.0))[-1].astype(int) for one in only]
    distance = [np.abs(a - b).mean() for i, a in enumerate(pictures) for b in pictures[:i]]
    assert min(distance) > 2


def test_captions_stand_below_the_focus_inside_the_margin(plan, audio, visual):
    for size in ((320, 180), (180, 320), (240, 240)):
        stage = Stage(*size)
        line = PlannedLine(
            text="under all the glass we carried through the longest winter of the year",
            section="verse",
            start_s=3.0,
            end_s=6.0,
        )
        worded = plan.model_copy(update={"lyric_lines": (line,)})
        with_words, without = (
            project(worded, audio, visual, size=size, span=(3.4, 4.4), captions=shown, fps=5)
            for shown in ("always", "never")
        )
        drawn = np.abs(with_words[-1].astype(int) - without[-1]) > 60
        rows, columns = np.flatnonzero(drawn.any(axis=1)), np.flatnonzero(drawn.any(axis=0))
        assert rows[0] > stage.focus[1] + stage.reach_px * 0.98
        assert rows[-1] <= size[1] * (1 - SAFE_MARGIN)
        assert columns[0] >= size[0] * SAFE_MARGIN - 1
        assert columns[-1] <= size[0] * (1 - SAFE_MARGIN) + 1


@pytest.mark.parametrize("size", [(1280, 720), (1080, 1920), (1080, 1080)])
def test_a_long_line_takes_more_lines_rather_than_letters_that_nobody_can_read(size, plan, visual):
    """Two hundred characters were set in capitals of twelve pixels."""
    text = " ".join(["every good thing we ever had came back wrong"] * 4)
    line = PlannedLine(text=text, section="verse", start_s=3.0, end_s=6.0)
    stage = Stage(*size)
    (words,) = Titles(plan.model_copy(update={"lyric_lines": (line,)}), visual, stage, 0.0, 9.0).captions()
    setting = typeset(words, *size)
    assert setting.lettering.size_px >= 0.034 * min(size)
    assert setting.top >= stage.focus[1] + stage.reach_px - 1


def test_captions_follow_the_plan_and_never_overlap(plan):
    lines = tuple(PlannedLine(text=f"line {i}", section="verse", start_s=i, end_s=i + 1.8) for i in range(6))
    times = caption_times(plan.model_copy(update={"lyric_lines": lines}), 4.6)
    assert [text for text, _, _ in times] == ["line 0", "line 1", "line 2", "line 3", "line 4"]
    assert all(end <= start for (_, _, end), (_, start, _) in pairwise(times))
    assert times[-1][2] == 4.6


def test_captions_show_where_they_are_wanted(plan):
    sung = plan.model_copy(update={"has_vocals": True})
    guessed = sung.model_copy(update={"has_line_times": False})
    assert [are_captions_wanted(one, "auto") for one in (plan, guessed, sung)] == [False, False, True]
    assert all(are_captions_wanted(one, "always") for one in (plan, guessed, sung))
    assert not any(are_captions_wanted(one, "never") for one in (plan, guessed, sung))


def test_lines_that_pass_too_quickly_are_left_out_and_told(plan, visual):
    lines = tuple(
        PlannedLine(text=f"line {i}", section="verse", start_s=2 + i / 10, end_s=2.1 + i / 10)
        for i in range(20)
    )
    hurried = plan.model_copy(update={"lyric_lines": lines})
    words = Words(hurried, visual, WHOLE, captions="always")
    assert any("20 of 20 lines" in note for note in words.notes)
    assert Words(hurried, visual, WHOLE, captions="never").notes == ()
    span = Words(hurried, visual, Reel(320, 180, FPS, 2 * FPS, 3.05), captions="always")
    assert any("9 of 9 lines" in note for note in span.notes), "those of the span alone"


def test_lines_under_the_end_card_are_told(plan, visual):
    lines = tuple(
        PlannedLine(text=f"line {at}", section="outro", start_s=at, end_s=at + 1.0) for at in (6.0, 8.5)
    )
    ending = plan.model_copy(update={"lyric_lines": lines})
    assert Words(ending, visual, WHOLE, captions="always").notes == (
        "1 of 2 lines are sung under the end card, and are left out",
    )


def test_an_instrumental_has_no_captions(plan):
    assert caption_times(plan.model_copy(update={"lyric_lines": ()}), 9.0) == []


def test_title_and_end_card_show_at_both_ends_only(plan, visual):
    words = Words(plan, visual, WHOLE, captions="always")
    assert words.hush(FPS) > 0.9
    assert words.hush(5 * FPS) == 0
    assert words.hush(WHOLE.frames - 1) == 1
    preview = Words(plan, visual, Reel(320, 180, FPS, 4 * FPS, 2.0), captions="always")
    assert preview.hush(4 * FPS - 1) == 0


def test_characters_nobody_can_draw_are_reported(plan, visual):
    words = Words(plan.model_copy(update={"title": "夜 Run"}), visual, WHOLE, captions="always")
    assert any("夜" in note for note in words.notes)


def test_returning_sections_return_to_their_scene(plan, visual):
    bar = 2.4
    names = ("verse", "chorus", "verse", "chorus")
    sections = tuple(
        plan.sections[0].model_copy(
            update={
                "name": name,
                "start_s": i * bar,
                "end_s": (i + 1) * bar,
                "energy": 0.5 + 0.4 * (name == "chorus"),
            }
        )
        for i, name in enumerate(names)
    )
    cues = plan_scenes(plan.model_copy(update={"sections": sections}), visual, 3)
    assert cues[0].scene == cues[2].scene != cues[1].scene == cues[3].scene == visual.scenes[0]
    assert [cue.start_s for cue in cues] == [0.0, 2.4, 4.8, pytest.approx(7.2)]


def test_a_long_section_changes_scene_on_a_bar(plan, visual):
    section = plan.sections[0].model_copy(update={"end_s": 48.0})
    bars = tuple(float(bar) for bar in np.arange(0, 48, 2.4))
    cues = plan_scenes(
        plan.model_copy(update={"sections": (section,), "bars_s": bars, "duration_s": 48.0}), visual, 3
    )
    assert len(cues) == 3
    assert all(min(abs(cue.start_s - bar) for bar in bars) < 1e-6 for cue in cues)


def test_unknown_scene_names_the_known(plan, visual):
    with pytest.raises(UsageError, match="kaleidoscope"):
        plan_scenes(plan, visual.model_copy(update={"scenes": ("lasers",)}), 3)


def test_pulses_sit_on_their_frames_and_keep_their_distance(plan):
    rhythm = follow(plan, 0.0, WHOLE.frames, FPS)
    for beat in plan.beats_s:
        frame = round(beat * FPS)
        assert rhythm.kick[frame] > 0.4
        assert frame == 0 or rhythm.kick[frame] > 5 * rhythm.kick[frame - 1]
    kept = thin([0.0, 0.1, 0.3, 0.4, 0.41, 0.9])
    assert kept == (0.0, 0.4, 0.9)
    assert np.diff(thin(np.arange(0, 9, 0.01))).min() >= MIN_GAP_S
    assert rhythm.energy[round(5.8 * FPS)] == pytest.approx(0.9, abs=0.02)


def test_a_plan_without_kicks_or_sections_still_moves(plan):
    bare = plan.model_copy(update={"kicks_s": (), "sections": (), "bars_s": ()})
    rhythm = follow(bare, 0.0, 100, FPS)
    assert rhythm.strokes_s == thin(plan.beats_s)
    assert rhythm.bar.max() == 0


def test_bands_tell_low_from_high(tmp_path):
    at = np.arange(16_000) / 8_000
    soundfile.write(
        tmp_path / "two.wav",
        np.where(at < 1, np.sin(2 * np.pi * 80 * at), np.sin(2 * np.pi * 3000 * at)),
        8_000,
    )
    sound = listen(tmp_path / "two.wav", 0.0, 40, 20)
    low, high = sound.bands[:, :5].mean(axis=1), sound.bands[:, -5:].mean(axis=1)
    assert low[10] > 3 * low[38]
    assert high[30] > 3 * high[10]


@pytest.mark.parametrize("width_px", [1, 2, 3, 5])
def test_a_line_of_many_points_is_as_wide_as_one_of_few(width_px):
    few, many = np.zeros((40, 200), np.uint8), np.zeros((40, 200), np.uint8)
    polyline(few, np.array([[20.0, 20.0], [180.0, 20.0]]), 255, width_px)
    polyline(many, np.stack([np.linspace(20, 180, 80), np.full(80, 20.0)], axis=1), 255, width_px)
    light = [ink[:, 60:140].astype(float).sum(axis=0).mean() / ink.max() for ink in (few, many)]
    assert light[1] == pytest.approx(light[0], rel=0.3)
    assert (many[20, 30:170] > 0.9 * many.max()).all()


@pytest.mark.parametrize("width_px", [1.6, 2.0, 2.4, 3.0, 4.2])
def test_a_slanted_line_has_no_ribs(width_px):
    ink = np.zeros((300, 300), np.uint8)
    polyline(ink, np.linspace(30.3, 250.7, 60)[:, None] * (1, 1) + (0, 12), 255, width_px)
    across = np.linspace(-1, 1, 9) * (width_px / 2 - 0.6) / np.sqrt(2)
    along = np.linspace(60, 220, 400)[:, None]
    seen = cv2.remap(
        ink, (along - across).astype(np.float32), (along + across + 12).astype(np.float32), cv2.INTER_LINEAR
    )
    assert seen.min() >= 0.8 * ink.max()


def test_stars_are_the_discs_that_they_stand_for():
    places, tones = (
        np.array([[20.3, 20.6], [60.0, 30.1], [98.9, 40.0], [119.0, 60.0]]),
        np.array([90.0, 200, 255]),
    )
    stars = Stars((80, 120), places, 1.6)
    still, drawn = np.zeros((80, 120), np.uint8), np.zeros((80, 120), np.uint8)
    stars.draw(still, tones)
    dots(drawn, places[:3], np.full(3, 1.6), tones)
    assert stars.count == 3, "the last stands at the edge"
    np.testing.assert_array_equal(still, drawn)


def test_light_moves_at_each_kick_and_rests_before_it():
    kick = np.zeros(20, np.float32)
    kick[5], kick[6], kick[14] = 1.0, 0.6, 0.5
    assert np.flatnonzero(lit_pictures(kick, 2)).tolist() == [0, 2, 5, 7, 9, 11, 14, 16, 18]
    assert all(lit_pictures(kick, 1))
    assert np.flatnonzero(lit_pictures(np.ones(5, np.float32), 2)).tolist() == [0, 2, 4]


def test_discs_are_as_large_and_as_bright_as_told_at_any_place():
    places = np.array([[20.0, 20.0], [60.4, 20.6], [100.9, 40.1], [20.2, 60.7], [60.0, 60.0], [117.0, 3.0]])
    radii, tones = np.array([0.5, 1.5, 3.1, 6.0, 9.5, 2.0]), np.array([200.0, 255, 180, 120, 250, 255])
    ink = np.zeros((80, 120), np.uint8)
    dots(ink, places, radii, tones)
    for (x, y), radius, tone in zip(places[:5], radii, tones, strict=False):
        near = ink[int(y) - 14 : int(y) + 15, int(x) - 14 : int(x) + 15].astype(float)
        wide = np.sqrt(near.sum() / near.max() / np.pi)
        assert radius <= wide <= radius + 1.1
        assert near.max() == pytest.approx(0.83 * tone * min(1, radius), abs=2)
        middle = np.indices(near.shape).reshape(2, -1) @ near.ravel() / near.sum() - 14
        assert np.abs(middle - (y % 1, x % 1)).max() < 0.3
    assert ink[:6, 112:].any(), "at the edge, too"


@pytest.mark.parametrize("size", [(320, 180), (180, 320)])
@pytest.mark.parametrize("scene", ["sunrise", "ink", "kaleidoscope"])
def test_wide_light_keeps_its_colours(scene, size, plan, audio, visual):
    own = visual.model_copy(update={"scenes": (scene,)})
    luma = project(plan, audio, own, size=size, span=(3.0, 6.0), captions="never")
    white = colour_table(find_palette(visual.palette))[..., 0].max() - 4
    assert (luma >= white).mean(axis=(1, 2)).max() < 0.04


def test_a_film_ends_with_its_end_card_whole_before_the_dark(plan, audio, visual):
    luma = project(plan, audio, visual, size=(320, 180))
    assert luma[0].max() < 40, "it opens from black"
    assert luma[-1].max() > 200, "letters"
    assert np.median(luma[-1]) < 24, "on black"


@pytest.mark.parametrize(
    ("small", "large"), [((320, 180), (1280, 720)), ((180, 320), (1080, 1920)), ((285, 160), (854, 480))]
)
def test_light_stays_where_it_is_when_it_is_made_large(small, large):
    """Toward the right of an upright picture it lay eleven pixels beside the lines that it comes from."""
    enlarger = Enlarger(small, large)
    for axis in (0, 1):
        for at in (0.1, 0.5, 0.9):
            place = int(at * small[axis])
            enlarger.small[:] = 16
            enlarger.small[(slice(None), place) if axis == 0 else (place,)] = 216
            for plane in enlarger.enlarge():
                seen = (plane.astype(float) - 16).sum(axis=axis)
                where = (seen * (np.arange(len(seen)) + 0.5)).sum() / seen.sum() / len(seen)
                assert where * large[axis] == pytest.approx(
                    (place + 0.5) / small[axis] * large[axis], abs=0.3
                )


def test_no_picture_keeps_the_memory_that_its_light_was_made_large_in(visual, monkeypatch):
    """Kept, each new one lay beside the last, and a film of ten seconds took 100 MB more."""
    made: list[weakref.ref[np.ndarray]] = []
    enlarge = Enlarger.enlarge

    def watched(enlarger: Enlarger):
        planes = enlarge(enlarger)
        made.extend(weakref.ref(plane) for plane in planes)
        return planes

    monkeypatch.setattr(Enlarger, "enlarge", watched)
    field = Field(Stage(320, 180), find_palette(visual.palette), 1, 0.5)
    field.develop(Flow(), hue=0.4, time_s=0.0, number=0)
    assert made
    assert all(plane() is None for plane in made)


def test_a_floor_is_black_but_for_its_lines():
    ink = np.full((100, 50), 90, np.uint8)
    floor(ink, 40, np.array([60.0, 80.5]), np.array([100.0, 200.0]), np.array([1.0, 3.0]))
    assert (ink[:40] == 90).all()
    assert (ink == ink[:, :1]).all()
    assert ink[60, 0] == 83
    assert ink[80, 0] == ink[81, 0] == 166
    assert not ink[62:78].any()


def test_yuv_and_back_is_the_same_colour():
    frame, rgb = Frame(2, 2), np.array([200.0, 80.0, 30.0])
    frame.y[:], frame.u[:], frame.v[:] = to_yuv(rgb)
    assert np.abs(to_rgb(frame)[0, 0] - rgb).max() <= 3


@pytest.mark.parametrize("size", [(161, 90), (160, 91), (16, 16), (8000, 4000)])
def test_sizes_no_video_has_are_refused(size):
    with pytest.raises(UsageError, match="even sides"):
        Stage(*size)


def test_a_rim_of_ink_has_its_points_all_along():
    """Where drops had pulled two points apart, a straight edge once ran across the picture."""
    stage, silence = Stage(160, 90), np.zeros(512, np.float32)
    scene = Ink(Look(stage, seed=7, emblem="ring", motion=0.5, fps=30))
    plane, longest = np.zeros((90, 160), np.uint8), []
    for number in range(20 * 30):
        kick = max(0.0, 1 - (number % 15) / 6)
        scene.draw(
            plane,
            Moment(
                time_s=number / 30, step=1.0, kick=kick, bar=0.0, beats=0.0, energy=0.8, loudness=0.8,
                bass=0.5, mid=0.5, treble=0.5, bands=np.zeros(24, np.float32), wave=silence,
            ),
        )  # fmt: skip
        edges = np.abs(np.diff(scene._rims, axis=1, append=scene._rims[:, :1]))
        longest.append(float(edges.max()))
    # In reaches from the focus: before, it was about three in the middle of the frames, and five at most.
    assert np.median(longest) < 0.5
    assert max(longest) < 1.5
