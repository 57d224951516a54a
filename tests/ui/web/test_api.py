"""The HTTP API as a program uses it: what it reads, what it does, and how it refuses."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from storage import faults
from storage.releases import record_release
from storage.types import Release
from tests.storage.stage import PREVIEW
from tests.ui.conftest import behind
from tests.ui.web.conftest import TOKEN, Site

SEEN = {"If-Match": f'"{PREVIEW}"'}


@pytest.fixture
def program(waiting: dict[str, str], site: Callable[..., Site]) -> Iterator[httpx.Client]:
    """A client of a label in which one song waits."""
    with site(api_token=TOKEN).program() as client:
        yield client


def told(answer: httpx.Response, status: int, code: str) -> str:
    """The message of a refusal, after a look at its form."""
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    assert (answer.status_code, body["status"], body["code"]) == (status, status, code), body
    assert "\n" not in body["message"]
    return body["message"]


def test_artists_by_page_and_filter(program: httpx.Client):
    made = [program.post("/api/v1/artists", json={"seed": seed}).json()["slug"] for seed in (1, 2, 3)]
    everyone = sorted([*made, "nova-rain"])
    page = program.get("/api/v1/artists", params={"limit": 3}).json()
    assert [row["slug"] for row in page["artists"]] == everyone[:3]
    rest = program.get("/api/v1/artists", params={"limit": 3, "after": page["after"]}).json()
    assert ([row["slug"] for row in rest["artists"]], rest["after"]) == (everyone[3:], None)
    found = program.get("/api/v1/artists", params={"text": "nOVA"}).json()["artists"]
    assert [row["slug"] for row in found] == ["nova-rain"]
    active = program.get("/api/v1/artists", params={"state": "active"}).json()["artists"]
    assert [row["slug"] for row in active] == ["nova-rain"]
    lofi = program.get("/api/v1/artists", params={"text": "lofi"}).json()["artists"]
    assert {row["genre"] for row in lofi} == {"lofi"}
    assert program.get("/api/v1/artists", params={"state": "famous"}).status_code == 422
    assert program.get("/api/v1/artists", params={"limit": 0}).status_code == 422


def test_an_artist_is_steered(program: httpx.Client):
    at = "/api/v1/artists/nova-rain"
    assert program.get(at).json()["persona"]["name"] == "Nova Rain"
    assert program.post(f"{at}/pause", json={"reason": "holiday"}).json()["pause_reason"] == "holiday"
    assert "paused" in told(program.post(f"{at}/pause", json={}), 409, "illegal_transition")
    assert program.post(f"{at}/resume", json={}).json()["state"] == "active"
    assert program.post(f"{at}/evolve", json={}).json()["state"] == "evolving"
    on = program.put(f"{at}/autopilot", json={"policy": {"min_score": 0.9}, "reason": "trusted"}).json()
    assert (on["autopilot"], on["autopilot_policy"]["min_score"]) == (True, 0.9)
    assert program.put(f"{at}/autopilot", json={"policy": None}).json()["autopilot"] is False
    assert program.put(f"{at}/autopilot", json={"policy": {"min_score": 2}}).status_code == 422
    assert program.post(f"{at}/retire", json={}).json()["state"] == "retired"
    told(program.post("/api/v1/cycles", json={"artist": "nova-rain"}), 409, "conflict")
    assert "there are: nova-rain" in told(program.get("/api/v1/artists/nobody"), 404, "not_found")


def test_a_release_goes_out_once_somebody_has_searched_for_the_name(home: Path, site: Callable[..., Site]):
    with behind(home) as stage:
        fence, cycle = stage.song()
        bag = Release(id="rel_1", title="Slow Rain", directory="d", manifest_sha256="ab" * 32)
        stage.write(record_release, fence=fence, cycle_id=cycle.id, release=bag, release_date="2026-02-01")
    at, search = "/api/v1/releases/rel_1", "/api/v1/artists/nova-rain/name-search"
    with site(api_token=TOKEN).program() as program:
        shown = program.get(at)
        assert "look whether somebody else" in shown.json()["waits_for"]
        built, ready, out = ({"If-Match": f'"{state}"'} for state in ("built", "ready", "published"))
        assert shown.headers["etag"] == built["If-Match"]
        published = f"{at}/published"
        told(program.post(published, json={}), 428, "http_428")
        told(program.post(f"{at}/withdrawn"), 428, "http_428")
        assert "no state" in told(program.post(published, json={}, headers={"If-Match": "*"}), 422, "usage")
        assert "Slow Rain waits" in told(program.post(published, json={}, headers=built), 409, "conflict")
        assert program.post(search, json={}).status_code == 422
        known = program.post(search, json={"found": "nobody"}).json()
        assert known["persona"]["name_search"]["by"] == "api"
        assert program.delete(search).json()["persona"]["name_search"] is None
        assert "Slow Rain waits" in told(program.post(published, json={}, headers=ready), 409, "conflict")
        program.post(search, json={"found": "nobody"})
        told(program.post(published, json={}, headers=built), 409, "conflict")
        assert program.post(published, json={"on": "soon"}, headers=ready).status_code == 422
        assert "yet to come" in program.post(published, json={"on": "9999-12-31"}, headers=ready).text
        for urls in ({"": "https://a"}, {"x" * 61: "https://a"}, {"a=b": "https://a"}, {"a": "https://a\nb"},
                     {"a": "x" * 2001}, {"a": "1", "a ": "2"}, {str(n): "https://a" for n in range(41)}):  # fmt: skip
            told(program.post(published, json={"urls": urls}, headers=ready), 422, "usage")
        told(program.post(published, json={"urls": {"site": ""}}, headers=ready), 422, "usage")
        row = program.post(published, json={"urls": {"sit": "https://a.example"}}, headers=ready).json()
        assert (row["state"], row["urls"]) == ("published", {"sit": "https://a.example"})
        mended = {"urls": {"sit": "", "site": "https://a.example"}}
        assert "no longer ready" in told(program.post(published, json=mended, headers=ready), 409, "conflict")
        row = program.post(published, json=mended, headers=out).json()
        assert (row["state"], row["urls"]) == ("published", {"site": "https://a.example"})
        assert "no longer ready" in told(program.post(f"{at}/withdrawn", headers=ready), 409, "conflict")
        assert program.post(f"{at}/withdrawn", headers=out).json()["state"] == "withdrawn"
        assert program.post("/api/v1/artists/nova-rain/accept").json()["accepted_at"]


def test_a_song_is_asked_for_and_cancelled(program: httpx.Client, waiting: dict[str, str]):
    wish = {"artist": "nova-rain", "seed": 5, "seconds": 30, "key": "f# minor", "theme": " first\n light "} | {
        "form": "verse8 chorus8", "density": 0.1, "energy": 0.9,
    }  # fmt: skip
    asked = program.post("/api/v1/cycles", json=wish)
    assert (asked.status_code, asked.json()["requested_by"]) == (201, "api")
    request = asked.json()["request"]
    assert (request["key"], request["mode"], request["theme"]) == ("F#", "minor", "first light")
    assert request["form"] == [{"name": "verse", "bars": 8}, {"name": "chorus", "bars": 8}]
    assert (request["density"], request["energy"]) == (0.1, 0.9)
    listed = program.get(
        "/api/v1/cycles", params={"artist": "nova-rain", "state": ["queued", "waiting"]}
    ).json()
    assert [row["id"] for row in listed["cycles"]] == [asked.json()["id"], waiting["cycle"]]
    second = program.get("/api/v1/cycles", params={"limit": 1, "offset": 1}).json()["cycles"]
    assert [row["id"] for row in second] == [waiting["cycle"]]
    cycle = f"/api/v1/cycles/{asked.json()['id']}"
    assert program.post(f"{cycle}/cancel").json()["cancel_requested_by"] == "api"
    account = program.get(f"/api/v1/cycles/{waiting['cycle']}").json()
    assert (account["approval_id"], account["artist"]["slug"]) == (waiting["approval"], "nova-rain")
    told(program.post(f"{cycle}/resolve", json={"choice": "paste"}), 422, "usage")
    told(program.post(f"{cycle}/resolve", json={"choice": "buy_again"}), 409, "conflict")
    told(program.get("/api/v1/cycles/cyc_none"), 404, "not_found")
    for wrong in ({"seconds": 5}, {"tempo_bpm": 500}, {"title": "x" * 61}, {"density": 2}, {"colour": "red"}):
        told(program.post("/api/v1/cycles", json={"artist": "nova-rain"} | wrong), 422, "invalid")
    for wrong in ({"key": "H"}, {"key": ""}, {"form": "solo8"}, {"form": "verse8", "seconds": 500}):
        told(program.post("/api/v1/cycles", json={"artist": "nova-rain"} | wrong), 422, "usage")


def test_an_answer_names_what_was_seen(program: httpx.Client, waiting: dict[str, str]):
    at = f"/api/v1/approvals/{waiting['approval']}"
    shown = program.get(at)
    assert shown.headers["etag"] == SEEN["If-Match"]
    assert shown.json()["preview_url"] == f"/media/{PREVIEW}"
    assert program.get("/api/v1/approvals").json()["undecided"] == 1
    told(program.post(f"{at}/approve", json={}), 428, "http_428")
    other = {"If-Match": f'"{"cd" * 32}"'}
    assert "no longer the version" in told(
        program.post(f"{at}/approve", json={}, headers=other), 409, "conflict"
    )
    told(program.post(f"{at}/approve", json={"preview_sha256": "ab"}), 422, "invalid")
    told(program.post(f"{at}/reject", json={}, headers=SEEN), 422, "invalid")
    assert program.post(f"{at}/later").json()["later_until"]
    approved = program.post(f"{at}/approve", json={"edits": {"title": "Slower Rain"}}, headers=SEEN).json()
    assert (approved["outcome"], approved["who"], approved["surface"]) == ("approved", "api", "api")
    assert approved["edits"]["title"] == "Slower Rain"
    assert program.post(f"{at}/undo").json()["status"] == "pending"
    rejected = program.post(f"{at}/reject", json={"preview_sha256": PREVIEW, "reason": "dull"})
    assert rejected.json()["why"] == "dull"
    program.post(f"{at}/undo")
    assert program.post(f"{at}/redo", json={"redo": "cover"}, headers=SEEN).json()["redo"] == "cover"
    assert [each["id"] for each in program.get("/api/v1/approvals?status=decided").json()["approvals"]] == [
        waiting["approval"]
    ]
    actions = [line["action"] for line in program.get(at).json()["history"]]
    assert actions == ["later", "decide", "undo", "decide", "undo", "redo"]
    told(program.post("/api/v1/approvals/apr_none/undo"), 404, "not_found")


def test_of_two_reviewers_at_once_one_hears_who_was_faster(
    waiting: dict[str, str], site: Callable[..., Site]
):
    served = site(console_logins="ann:the first password,bob:the second one")
    at = f"/api/v1/approvals/{waiting['approval']}"
    together = threading.Barrier(2)
    heard: dict[str, httpx.Response] = {}

    def decide(alias: str, password: str, verdict: str) -> None:
        with served.signed_in(alias, password) as reviewer:
            together.wait(30)
            answer = {"preview_sha256": PREVIEW, "reason": "because"}
            heard[alias] = reviewer.post(f"{at}/{verdict}", json=answer)

    threads = [
        threading.Thread(target=decide, args=("ann", "the first password", "approve")),
        threading.Thread(target=decide, args=("bob", "the second one", "reject")),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    faster, slower = sorted(heard, key=lambda alias: heard[alias].status_code)
    assert heard[faster].status_code == 200
    assert f"by {faster} (api)" in told(heard[slower], 409, "conflict")


def test_words_that_others_changed_are_named_and_a_title_is_laid_over_them(
    reworded: str, program: httpx.Client
):
    at = f"/api/v1/approvals/{reworded}"
    title = {"edits": {"title": "Another Name"}}
    unseen = program.post(f"{at}/approve", json=title, headers=SEEN)
    assert "were changed meanwhile" in told(unseen, 409, "conflict")
    assert program.get(at).json()["approval"]["status"] == "pending"
    words = {"words_sha256": program.get(at).json()["approval"]["words_sha256"]}
    approved = program.post(f"{at}/approve", json=title | words, headers=SEEN).json()
    assert (approved["edits"]["title"], approved["edits"]["lines"]) == ("Another Name", ["one", "too"])


def test_a_double_click_decides_once(program: httpx.Client, waiting: dict[str, str]):
    at = f"/api/v1/approvals/{waiting['approval']}"
    answers = [program.post(f"{at}/approve", json={}, headers=SEEN).status_code for _ in range(2)]
    assert answers == [200, 409]
    assert len(program.get(at).json()["history"]) == 1


def test_faults_are_read_and_closed(home: Path, site: Callable[..., Site]):
    with behind(home) as stage:
        for number in range(3):
            stage.write(
                faults.record_fault, fingerprint=f"f{number}" * 6, code="render", title=f"Fault {number}",
                message="it broke", trace="somewhere",
            )  # fmt: skip
    with site(api_token=TOKEN).program() as program:
        assert len(program.get("/api/v1/errors", params={"limit": 2}).json()["errors"]) == 2
        assert len(program.get("/api/v1/errors", params={"limit": 2, "offset": 2}).json()["errors"]) == 1
        report = program.get(f"/api/v1/errors/{'f1' * 6}").json()
        assert (report["group"]["title"], report["events"][0]["message"]) == ("Fault 1", "it broke")
        assert program.post(f"/api/v1/errors/{'f1' * 6}/dismiss").json()["status"] == "dismissed"
        assert program.post(f"/api/v1/errors/{'f2' * 6}/resolve").json()["resolved_by"] == "api"
        assert program.post(f"/api/v1/errors/{'f1' * 6}/resolve").json()["status"] == "resolved"
        told(program.post(f"/api/v1/errors/{'f2' * 6}/resolve"), 409, "conflict")
        open_now = program.get("/api/v1/errors").json()["errors"]
        assert [row["title"] for row in open_now] == ["Fault 0"]
        assert len(program.get("/api/v1/errors?status=all").json()["errors"]) == 3
        told(program.get("/api/v1/errors/zz"), 404, "not_found")


def test_settings_are_turned_and_keys_are_not_told(program: httpx.Client):
    turned = program.put("/api/v1/settings/BUDGET_DAILY_USD", json={"value": "7.5"})
    assert turned.json()["value"] == "7.5"
    assert program.get("/api/v1/budget").json()["caps"]["daily_usd"] == "7.5"
    assert program.get("/api/v1/status").json()["money"]["daily_cap_usd"] == "7.5"
    assert "BUDGET_DAILY_USD" in told(
        program.put("/api/v1/settings/BUDGET_DAILY_USD", json={"value": "-1"}), 422, "usage"
    )
    told(program.put("/api/v1/settings/API_TOKEN", json={"value": "another-token"}), 422, "usage")
    program.put("/api/v1/settings/BUDGET_DAILY_USD", json={"value": None})
    changes = program.get("/api/v1/settings/changes").json()["changes"]
    assert [(each["before"], each["after"], each["who"]) for each in changes] == [
        ("7.5", None, "api"),
        (None, "7.5", "api"),
    ]
    listed = program.get("/api/v1/settings")
    shown = {each["name"]: each["value"] for each in listed.json()["settings"]}
    assert shown["BUDGET_DAILY_USD"] == "5"
    assert TOKEN not in listed.text


def test_stop_and_go_on(program: httpx.Client):
    assert program.post("/api/v1/stop").json()["stopped_by"] == "api"
    assert program.get("/api/v1/status").json()["stopped_by"] == "api"
    assert program.post("/api/v1/resume").json()["stopped_at"] is None


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", "/api/v1/nothing", None, 404),
        ("DELETE", "/api/v1/artists/nova-rain", None, 405),
        ("POST", "/api/v1/artists", b"{", 422),
        ("POST", "/api/v1/artists", b'{"seed": -1}', 422),
        ("GET", "/api/v1/cycles?limit=100000", None, 422),
    ],
)
def test_what_makes_no_sense_is_a_problem_too(
    program: httpx.Client, method: str, path: str, body: bytes | None, status: int
):
    answer = program.request(method, path, content=body, headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")


def test_the_reference_is_whole_and_comes_from_here(program: httpx.Client):
    schema = program.get("/api/openapi.json").json()
    page = program.get("/api/docs")
    assert page.headers["content-type"].startswith("text/html")
    for path in schema["paths"]:
        assert f"<code>{path}</code>" in page.text
    assert "://" not in page.text
    assert "<script" not in page.text
    undescribed = [
        f"{verb} {path}"
        for path, verbs in schema["paths"].items()
        for verb, operation in verbs.items()
        if not operation.get("description")
    ]
    assert undescribed == []
