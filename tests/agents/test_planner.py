import pytest

from agents.llm.offline.writer import OfflineWriter
from agents.music.review.mark import ANEW
from agents.planner import plan
from agents.planning.steering import ANEW_REASON
from agents.planning.variants import Variant, check_variant
from configs.genres import load_genres
from storage.errors import UsageError
from storage.types import Genes, KnownLesson, MadePiece, ParameterChange, SectionSpec, SongRequest, Trend
from tests.agents.llm.songs import ARTIST


def variant(parameter: str, value: str) -> Variant:
    return Variant(arm_id="exp/1", parameter=parameter, value=value)


async def brief(
    seed=1, *, artist=ARTIST, memory=(), changes=(), variants=(), revision=0, trends=(), lessons=(), **wishes
):
    made, _ = await plan(
        OfflineWriter(),
        artist=artist,
        request=SongRequest(seed=seed, **wishes),
        memory=memory,
        changes=changes,
        variants=variants,
        revision=revision,
        default_seconds=60.0,
        trends=trends,
        lessons=lessons,
    )
    return made


def trend(kind, term, score=1.0):
    return Trend(kind=kind, term=term, score=score, sources=("deezer",), age_h=3.0)


def listening(adaptability):
    persona = ARTIST.persona.model_copy(update={"trend_adaptability": adaptability})
    return ARTIST.model_copy(update={"persona": persona})


async def test_trends_move_an_artist_as_far_as_it_listens_and_the_brief_says_which_moved_what():
    theme, mood = ARTIST.persona.themes[-1], ARTIST.persona.moods[-1]
    air = (trend("theme", theme), trend("mood", mood), trend("tempo", "running"))
    plain = [await brief(seed) for seed in range(12)]
    deaf = [await brief(seed, artist=listening(0.0), trends=air) for seed in range(12)]
    keen = [await brief(seed, artist=listening(1.0), trends=air) for seed in range(12)]
    assert deaf == plain
    assert {(made.theme, made.mood) for made in keen} == {(theme, mood)}
    assert sum(made.tempo_bpm for made in keen) > sum(made.tempo_bpm for made in plain)
    slow, fast = load_genres()[ARTIST.persona.genre].tempo_bpm
    assert all(slow <= made.tempo_bpm <= fast for made in keen)
    told = "\n".join(keen[0].reasons)
    assert f"theme {theme!r} at 1.00 (deezer, 3 h old), and the song takes it up" in told
    assert "trend: tempo 'running' at 1.00 (deezer, 3 h old) moved the tempo by" in told
    assert any("trend: moved the theme from" in reason for made in keen for reason in made.reasons)
    half = [await brief(seed, artist=listening(0.5), trends=air) for seed in range(40)]
    followed = sum(made.theme == theme for made in half)
    assert 14 <= followed <= 34


@pytest.mark.parametrize("value", ["control", "0.5"])
async def test_no_trend_moves_a_tempo_that_is_being_compared(value):
    air, keen = (trend("tempo", "running"),), listening(1.0)
    arm = variant("tempo_bias", value)
    pushed = await brief(1, artist=keen, trends=air)
    assert any(reason.startswith("trend: tempo") for reason in pushed.reasons)
    compared = await brief(1, artist=keen, trends=air, variants=(arm,))
    assert compared.tempo_bpm == (await brief(1, artist=keen, variants=(arm,))).tempo_bpm
    assert not any(reason.startswith("trend: tempo") for reason in compared.reasons)
    if value == "control":
        won = arm.model_copy(update={"is_promoted": True})
        assert (await brief(1, artist=keen, trends=air, variants=(won,))).tempo_bpm == pushed.tempo_bpm


def lesson(key, about="music", *, step=0.1, evidence=1.0, absorbed=False):
    return KnownLesson(
        key=key,
        about=about,
        text="“Old” taught it",
        step=step,
        songs=2,
        evidence=evidence,
        is_absorbed=absorbed,
    )


async def test_a_lesson_moves_the_next_song_and_its_brief_says_so():
    plain = await brief(5)
    up = await brief(5, lessons=(lesson("energy/up"),))
    faded = await brief(5, lessons=(lesson("energy/up", evidence=0.5),))
    assert up.energy == pytest.approx(plain.energy + 0.1, abs=0.002)
    assert faded.energy == pytest.approx(plain.energy + 0.05, abs=0.002)
    assert "lesson: “Old” taught it (2 songs, weight 1.0)" in up.reasons
    assert up.lessons == (lesson("energy/up"),)
    absorbed = await brief(
        5, lessons=(lesson("energy/up", absorbed=True), lesson("words/rhyme_share", "words"))
    )
    assert absorbed.energy == plain.energy
    assert any("in the genes by now" in reason for reason in absorbed.reasons)


async def test_a_trend_yields_to_a_persons_wish_and_to_who_the_artist_is():
    air = (trend("theme", "no theme of this artist"), trend("mood", "furious"), trend("tempo", "running"))
    made = await brief(3, artist=listening(1.0), trends=air, tempo_bpm=101.0, theme="harbour lights")
    assert (made.tempo_bpm, made.theme) == (101.0, "harbour lights")
    assert made.mood in ARTIST.persona.moods
    assert not [reason for reason in made.reasons if reason.startswith("trend")]


async def test_an_unknown_or_faint_trend_moves_nothing():
    faint = (trend("theme", ARTIST.persona.themes[-1], 0.1), trend("tempo", "no such band"))
    made = await brief(3, artist=listening(1.0), trends=faint)
    without = await brief(3)
    assert (made.theme, made.mood, made.tempo_bpm) == (without.theme, without.mood, without.tempo_bpm)


def piece(title="Old", *, theme="night drive", mood="hopeful", tempo_bpm=110.0, key="C", outcome="approved"):
    return MadePiece(
        title=title, theme=theme, mood=mood, tempo_bpm=tempo_bpm, key=key, mode="minor", outcome=outcome
    )


def with_genes(**genes):
    return ARTIST.model_copy(update={"genes": Genes(**genes)})


async def test_what_a_person_asks_for_is_obeyed_exactly():
    made = await brief(
        theme="a lighthouse keeper's tax return",
        title="Form 1040-EZ",
        mood="gleeful",
        tempo_bpm=101.5,
        key="Bb",
        mode="dorian",
        seconds=45.0,
    )
    assert made.theme == "a lighthouse keeper's tax return"
    assert (made.title, made.mood, made.tempo_bpm, made.key, made.mode) == (
        "Form 1040-EZ",
        "gleeful",
        101.5,
        "A#",
        "dorian",
    )
    assert made.duration_s + made.tail_s == pytest.approx(45.0)
    assert made.reasons[0].startswith("request: fixed theme, title, mood, tempo_bpm, key, mode, seconds")


FORM = (
    SectionSpec(name="chorus", bars=3),
    SectionSpec(name="verse", bars=8),
    SectionSpec(name="drop", bars=5),
)


@pytest.mark.parametrize("revision", [0, 2])
async def test_form_density_and_energy_are_obeyed_whatever_else_steers_them(revision: int):
    """A critic, lessons, experiments and winners of before move what was left to them, and nothing that was asked."""
    winner = variant("energy", "0.2").model_copy(update={"is_promoted": True})
    made = await brief(
        6,
        form=FORM,
        density=0.07,
        energy=0.93,
        revision=revision,
        artist=with_genes(density=0.9, energy=0.1),
        changes=(
            ParameterChange(parameter="energy", delta=-0.2),
            ParameterChange(parameter="brightness", delta=0.2),
        ),
        variants=(winner, variant("density", "+0.3")),
        lessons=(lesson("energy/up"), lesson("density/up")),
    )
    assert (made.form, made.density, made.energy) == (FORM, 0.07, 0.93)
    assert made.reasons[0] == "request: fixed form, density, energy"
    assert "critic: energy -0.20 gives way to the request" in made.reasons
    assert "experiment: density +0.3 gives way to the request" in made.reasons
    assert "critic: brightness +0.20" in made.reasons
    slow, fast = load_genres()[ARTIST.persona.genre].tempo_bpm
    assert slow <= made.tempo_bpm <= fast
    assert made.tail_s == 2.5


async def test_zero_is_a_wish_too():
    made = await brief(6, density=0, energy=0, artist=with_genes(density=0.9, energy=0.9))
    assert (made.density, made.energy) == (0, 0)


async def test_a_form_and_a_length_together_fix_the_tempo():
    made = await brief(6, form=FORM, seconds=34.5, variants=(variant("tempo_bias", "+0.5"),))
    assert made.form == FORM
    assert made.tempo_bpm == pytest.approx(240 * 16 / 32, abs=0.05)
    assert made.duration_s + made.tail_s == pytest.approx(34.5)
    assert "experiment: tempo_bias +0.5 gives way to the request" in made.reasons


@pytest.mark.parametrize("seconds", [10.0, 33.0, 61.7, 240.0])
@pytest.mark.parametrize("tempo_bpm", [None, 40.0, 97.3, 219.9])
async def test_seconds_are_obeyed_to_the_hundredth(seconds: float, tempo_bpm: float | None):
    made = await brief(8, seconds=seconds, tempo_bpm=tempo_bpm)
    assert made.duration_s + made.tail_s == pytest.approx(seconds, abs=0.01)
    assert tempo_bpm in (None, made.tempo_bpm)


async def test_one_seed_is_another_key_and_tempo_in_each_genre():
    artists = [
        ARTIST.model_copy(update={"persona": ARTIST.persona.model_copy(update={"genre": genre})})
        for genre in load_genres()
    ]
    made = [await brief(77, artist=artist) for artist in artists]
    assert len({one.key for one in made}) >= 5
    places = {
        round((one.tempo_bpm - slow) / (fast - slow), 1)
        for one in made
        for slow, fast in [load_genres()[one.genre].tempo_bpm]
    }
    assert len(places) >= 4


@pytest.mark.parametrize("genre", list(load_genres()))
async def test_without_wishes_the_genre_and_the_artist_decide(genre):
    artist = ARTIST.model_copy(update={"persona": ARTIST.persona.model_copy(update={"genre": genre})})
    made = await brief(3, artist=artist)
    slow, fast = load_genres()[genre].tempo_bpm
    assert slow <= made.tempo_bpm <= fast
    assert made.mode in load_genres()[genre].modes
    assert made.theme in ARTIST.persona.themes
    assert made.mood in ARTIST.persona.moods
    assert made.duration_s + 2.5 == pytest.approx(60.0, rel=0.03)
    assert made.signature_seed == ARTIST.persona.signature_seed


async def test_same_request_same_brief_and_seeds_differ():
    assert await brief(1) == await brief(1)
    briefs = [await brief(seed) for seed in range(12)]
    for field in ("title", "theme", "mood", "key"):
        assert len({getattr(made, field) for made in briefs}) >= 3, field


async def test_titles_themes_and_keys_used_lately_are_avoided():
    memory = ()
    for seed in range(12):
        made = await brief(seed, memory=memory)
        latest = memory[-3:]
        assert made.title not in {old.title for old in memory}
        assert made.key not in {old.key for old in latest}
        assert made.theme not in {old.theme for old in latest}
        memory = (*memory, piece(made.title, theme=made.theme, mood=made.mood, key=made.key))


async def test_approved_songs_pull_a_careful_artist():
    careful = with_genes(adventurousness=0.0)
    slow, fast = load_genres()["indie"].tempo_bpm
    memory = tuple(piece(f"Old {n}", theme="first light", mood="tender", tempo_bpm=fast) for n in range(6))
    plain = [await brief(seed, artist=careful) for seed in range(10)]
    pulled = [await brief(seed, artist=careful, memory=memory) for seed in range(10)]
    assert sum(one.tempo_bpm for one in pulled) > sum(one.tempo_bpm for one in plain) + 10 * 0.05 * (
        fast - slow
    )
    assert sum(one.mood == "tender" for one in pulled) > sum(one.mood == "tender" for one in plain)
    assert any("approved songs average" in reason for reason in pulled[0].reasons)


async def test_rejected_moods_come_less_often():
    careful = with_genes(adventurousness=0.0)
    memory = tuple(piece(f"Old {n}", mood="restless", outcome="rejected") for n in range(4))
    before = [await brief(seed, artist=careful) for seed in range(30)]
    after = [await brief(seed, artist=careful, memory=memory) for seed in range(30)]
    assert sum(one.mood == "restless" for one in after) < sum(one.mood == "restless" for one in before)


async def test_a_revision_keeps_the_song_and_turns_what_the_critic_asked():
    first = await brief(4)
    changes = (
        ParameterChange(parameter="energy", delta=0.2),
        ParameterChange(parameter="brightness", delta=-9.0),
    )
    second = await brief(4, changes=changes, revision=1)
    assert (second.title, second.theme, second.mood, second.key, second.form) == (
        first.title,
        first.theme,
        first.mood,
        first.key,
        first.form,
    )
    assert second.energy == pytest.approx(first.energy + 0.2, abs=0.002)
    assert 0.0 <= second.brightness < first.brightness
    assert second.seed != first.seed
    assert "critic: energy +0.20" in second.reasons


async def test_what_no_number_steers_is_drawn_anew_and_said_once():
    anew = ParameterChange(parameter=ANEW[0], delta=ANEW[1])
    first, second = await brief(4), await brief(4, changes=(anew, anew), revision=1)
    assert second.seed != first.seed
    assert second.reasons.count(ANEW_REASON) == 1


async def test_a_change_no_plan_can_make_is_said_not_hidden():
    made = await brief(4, changes=(ParameterChange(parameter="loudness_lufs", delta=1.0),))
    assert "critic: asked for loudness_lufs +1, which no plan can steer" in made.reasons


@pytest.mark.parametrize(("value", "moved"), [("0.9", 0.9), ("+0.2", 0.7), ("-0.2", 0.3), ("control", 0.5)])
async def test_an_experiment_arm_moves_its_parameter(value, moved):
    made = await brief(1, artist=with_genes(adventurousness=0.0), variants=(variant("density", value),))
    assert f"experiment: arm exp/1, density {value}" in made.reasons
    assert made.density == pytest.approx(moved)
    assert made.arm_id == "exp/1"


@pytest.mark.parametrize("value", ["louder", "", "=1", "1; energy=2"])
async def test_an_arm_without_effect_is_refused(value):
    with pytest.raises(UsageError, match="exp/1"):
        await brief(1, variants=(variant("density", value),))


async def test_an_experiment_may_vary_what_is_no_number_and_a_winner_stays():
    prefix, cover = variant("music_prompt_prefix", "dreamy"), variant("cover_composition", "riso")
    promoted = variant("energy", "0.9").model_copy(update={"is_promoted": True})
    made = await brief(1, variants=(promoted, prefix, cover))
    assert (made.music_prompt_prefix, made.cover_composition, made.energy) == ("dreamy", "riso", 0.9)
    assert made.arm_id == "exp/1"
    assert "experiment: promoted, energy 0.9" in made.reasons
    assert (await brief(1, variants=(promoted,))).arm_id is None
    plain = await brief(1, variants=(variant("cover_composition", "control"),))
    assert plain.cover_composition is None


@pytest.mark.parametrize(
    ("parameter", "value", "told"),
    [
        ("loudness", "1", "no parameter 'loudness': an experiment varies one of tempo_bias"),
        ("density", "loud", "write control, a number such as 0.7"),
        ("cover_composition", "cubist", "no cover composition 'cubist'"),
        ("music_prompt_prefix", "a\nb", "plain text of 1 to 80 characters"),
    ],
)
def test_a_variant_that_no_song_can_be_made_with_is_refused(parameter, value, told):
    with pytest.raises(UsageError, match=told):
        check_variant(parameter, value)
    check_variant("density", "control")


@pytest.mark.parametrize(
    ("wishes", "said"),
    [
        ({"key": "H"}, "unknown key 'H'"),
        ({"mode": "locrian"}, "unknown mode 'locrian': choose one of"),
        ({"tempo_bpm": 300.0}, "40 to 220"),
        ({"seconds": 3.0}, "10 to 600"),
        ({"theme": "y" * 5000}, "5000 characters; give at most 120"),
        ({"theme": "\u0000\u200b \n"}, "the theme is empty"),
        ({"title": "z" * 61}, "give at most 60"),
    ],
)
async def test_an_impossible_wish_is_refused_in_one_line(wishes, said):
    with pytest.raises(UsageError, match=said) as refused:
        await brief(1, **wishes)
    assert "\n" not in str(refused.value)


async def test_control_characters_are_dropped_and_other_scripts_kept():
    assert (await brief(1, theme="neon\x00\x1b[31m\u202e  rain\n")).theme == "neon [31m rain"
    made = await brief(1, theme="夜のドライブ")
    assert made.theme == "夜のドライブ"
    assert made.title.isascii()
    assert any("has no words" in reason for reason in made.reasons)


async def test_a_theme_of_its_own_words_gives_its_title():
    titles = {(await brief(seed, theme="the broken carousel")).title for seed in range(6)}
    assert titles == {"Broken Carousel"}


@pytest.mark.parametrize(
    ("outcome", "score", "told"),
    [("undecided", None, "undecided"), ("rejected", 0.41, "rejected, critic 0.41")],
)
async def test_a_brief_names_the_song_before_and_what_is_otherwise(
    outcome: str, score: float | None, told: str
):
    first = await brief(1)
    assert not [reason for reason in first.reasons if reason.startswith("memory")]
    taught = KnownLesson(key="k", about="words", text="shorter lines", step=0.0, songs=1, evidence=1.0)
    before = MadePiece(
        title=first.title, theme=first.theme, mood=first.mood, tempo_bpm=first.tempo_bpm, key=first.key,
        mode=first.mode, outcome=outcome, score=score,
    )  # fmt: skip
    second = await brief(2, memory=(before,))
    assert second.theme != first.theme
    assert second.key != first.key
    was = f"{first.theme}, {first.mood}, {first.tempo_bpm:.0f} BPM in {first.key} {first.mode}; {told}"
    assert f"memory: after “{first.title}” ({was}) another theme and another key" in second.reasons
    assert "memory: no lesson asks for a change" in second.reasons
    same = await brief(3, memory=(before,), theme=first.theme, key=first.key)
    assert f"memory: after “{first.title}” ({was})" in same.reasons
    learnt = await brief(4, memory=(before,), lessons=(taught,))
    assert not [reason for reason in learnt.reasons if "no lesson asks" in reason]
