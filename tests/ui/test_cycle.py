"""Songs in the making, on the command line, without a running label."""

from pathlib import Path

import pytest

from storage import cycles, steps
from storage.model_calls import Asked, ModelCall, record_call
from storage.types import CycleState, EffectPolicy
from tests.storage.stage import intent, key
from tests.ui.conftest import Call, behind

pytestmark = pytest.mark.usefixtures("made_home")


@pytest.fixture
def artist(home: Path) -> str:
    with behind(home) as stage:
        return stage.artist("Nova Rain").slug


@pytest.fixture
def parked(home: Path) -> str:
    """A cycle whose purchase nobody saw end."""
    with behind(home) as stage:
        fence, cycle = stage.song()
        stage.begin(fence, cycle, cost="0.5")
        stage.write(steps.park_step, fence=fence, key=key(cycle), reason="nobody knows")
    assert intent(cycle).policy is EffectPolicy.AT_MOST_ONCE
    return cycle.id


def test_a_song_is_asked_for_and_waits_for_the_label(call: Call, artist: str):
    told = call(
        "song", "make", "--artist", artist, "--theme", "rain", "--seconds", "34", "--key", "f# Minor", "--bpm", "90",
        "--seed", "4", "--formats", "all", "--as", "ada", "--json", "--form", "verse8 chorus4", "--density", "0.2",
        "--energy", "0",
    )  # fmt: skip
    request = told.data["request"]
    assert (request["theme"], request["seconds"], request["key"], request["mode"]) == (
        "rain",
        34,
        "F#",
        "minor",
    )
    assert (request["tempo_bpm"], request["seed"], request["formats"]) == (90, 4, ["16:9", "9:16"])
    assert request["form"] == [{"name": "verse", "bars": 8}, {"name": "chorus", "bars": 4}]
    assert (request["density"], request["energy"]) == (0.2, 0)
    assert (told.data["state"], told.data["requested_by"]) == ("queued", "ada")
    (row,) = call("cycle", "list", "--json").data["cycles"]
    assert (row["id"], row["artist"], row["state"]) == (told.data["id"], artist, "queued")
    assert "labelmate up" in call("song", "make", "--artist", artist).out


def test_the_video_formats_are_those_of_the_settings(
    call: Call, artist: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("VIDEO_FORMATS", "9:16")
    assert call("song", "make", "--artist", artist, "--json").data["request"]["formats"] == ["9:16"]


@pytest.mark.parametrize(
    ("option", "value", "said"),
    [
        ("--seconds", "5", "give 10 to 600"),
        ("--seconds", "601", "give 10 to 600"),
        ("--seconds", "nan", "give 10 to 600"),
        ("--title", "x" * 61, "give at most 60"),
        ("--bpm", "300", "give 40 to 220"),
        ("--key", "H minor", "unknown key"),
        ("--key", "C happy", "choose one of"),
        ("--key", "", "unknown key ''"),
        ("--form", "solo8", "choose from intro"),
        ("--form", "verse1", "a song has 10 to 600"),
        ("--density", "2", "give 0 to 1"),
        ("--energy", "-1", "give 0 to 1"),
        ("--artist", "nobody", "there are: nova-rain"),
    ],
)
def test_an_impossible_wish_is_one_line(call: Call, artist: str, option: str, value: str, said: str):
    told = call("song", "make", "--artist", artist, option, value)
    assert told.code == 2
    assert said in told.line
    assert call("cycle", "list", "--json").data == {"cycles": []}


def test_a_cycle_is_shown_with_its_steps(call: Call, parked: str):
    shown = call("cycle", "show", parked[:-4], "--json").data
    (step,) = shown["steps"]
    assert (step["name"], step["status"], step["provider"], step["duration_s"]) == (
        "compose",
        "unknown",
        "suno",
        None,
    )
    assert (shown["cycle_id"], shown["state"], shown["cost_usd"]) == (parked, "parked", "0.5")
    assert shown["audio"] == {"wav": None, "flac": None, "mp3": None}
    assert (shown["critique"], shown["release_dir"], shown["videos"]) == (None, None, [])
    assert "compose" in call("cycle", "show", parked).out


def test_cycles_are_filtered_by_state_and_artist(call: Call, parked: str):
    assert len(call("cycle", "list", "--state", "parked", "--state", "queued", "--json").data["cycles"]) == 1
    assert call("cycle", "list", "--state", "queued", "--json").data == {"cycles": []}
    assert len(call("cycle", "list", "--artist", "nova-rain", "--json").data["cycles"]) == 1
    assert call("song", "list", "--json").data == {"songs": []}


@pytest.mark.parametrize(
    ("answer", "status"),
    [(("paste", "--job", "job-7"), "submitted"), (("buy_again",), "failed"), (("cancel",), "failed")],
)
def test_an_operator_answers_for_a_lost_purchase(
    call: Call, parked: str, answer: tuple[str, ...], status: str
):
    resolved = call("cycle", "resolve", parked, *answer, "--as", "ada", "--json").data
    assert resolved["state"] == CycleState.QUEUED
    assert resolved["cancel_requested_by"] == ("ada" if answer[0] == "cancel" else None)
    assert call("cycle", "show", parked, "--json").data["steps"][0]["status"] == status
    again = call("cycle", "resolve", parked, *answer)
    assert again.code == 2


def test_an_operator_lets_a_cycle_go_on_that_was_parked_without_a_purchase(call: Call, home: Path):
    with behind(home) as stage:
        fence, cycle = stage.song()
        stage.write(
            cycles.suspend_cycle,
            fence=fence,
            cycle_id=cycle.id,
            state=CycleState.PARKED,
            reason="tried in vain",
        )
    wrong = call("cycle", "resolve", cycle.id, "buy_again")
    assert (wrong.code, "choose go_on or cancel" in wrong.line) == (2, True)
    resolved = call("cycle", "resolve", cycle.id, "go_on", "--as", "ada", "--json").data
    assert (resolved["state"], resolved["cancel_requested_by"]) == (CycleState.QUEUED, None)
    assert "only a parked cycle" in call("cycle", "resolve", cycle.id, "go_on").line


def test_nobody_goes_on_past_a_lost_purchase(call: Call, parked: str):
    told = call("cycle", "resolve", parked, "go_on")
    assert (told.code, "choose paste, buy_again or cancel" in told.line) == (2, True)


def test_a_job_id_belongs_to_paste_alone(call: Call, parked: str):
    assert "--job" in call("cycle", "resolve", parked, "paste").line
    assert "--job" in call("cycle", "resolve", parked, "cancel", "--job", "7").line


def test_a_cycle_is_cancelled_once_it_is_known(call: Call, artist: str):
    asked = call("song", "make", "--artist", artist, "--json").data["id"]
    assert call("cycle", "cancel", asked, "--as", "ada", "--json").data["cancel_requested_by"] == "ada"
    assert "There is no cycle" in call("cycle", "cancel", "cyc_zz").line


@pytest.mark.parametrize(("args", "said"), [((), "--artist"), (("--all", "--artist", "nova-rain"), "--all")])
def test_a_run_needs_to_know_whose_songs(call: Call, artist: str, args: tuple[str, ...], said: str):
    told = call("cycle", "run", *args)
    assert told.code == 2
    assert said in told.line


def test_what_was_said_to_models_can_be_read(call: Call, home: Path):
    with behind(home) as stage:
        _, cycle = stage.song()
        spoken = ModelCall(
            cycle_id=cycle.id, revision=0, step="write", call_number=1, task="lyrics", provider="first", model="m1",
            request_sha256="a", prompt_sha256="b", outcome="ok", cost_usd=None, latency_s=0.5, reply='{"hook": "[red]"}',
            messages=(("system", "You write\x1b[2J."), ("user", "<data>")), trail=(Asked(deployment="first:m1", outcome="ok", latency_s=0.5),),
        )  # fmt: skip
        stage.write(record_call, call=spoken)
    (kept,) = call("cycle", "show", cycle.id, "--prompts", "--json").data["calls"]
    assert kept["messages"][1] == ["user", "<data>"]
    shown = call("cycle", "show", cycle.id, "--prompts").out
    assert "lyrics by first:m1, ok, 0.50 s, price unknown" in shown
    assert "tried: first:m1 ok after 0.50 s" in shown
    assert '{"hook": "[red]"}' in shown
    assert "\x1b" not in shown, "a model's words do not drive the terminal"
