"""Who comes in, who does not, and for how long."""

import time
from pathlib import Path

import pytest

from configs.complaints import SettingsError
from configs.settings import Settings
from storage import people
from storage.errors import ConfigurationError
from storage.people import Role
from tests.ui.conftest import behind
from tests.ui.web.conftest import LOGINS, TOKEN
from ui.cli.options import person
from ui.web.auth import COOKIE
from ui.web.binding import check_binding, listen
from ui.web.sessions import FREE_FAILURES, Failures, Sessions


def test_on_this_machine_everybody_is_the_owner(site):
    with site().client() as client:
        answer = client.post("/api/v1/stop")
        assert (answer.status_code, answer.json()["stopped_by"]) == (200, person(None))
        assert client.post("/api/v1/resume").status_code == 200


def test_logins_are_asked_for_where_there_are_some(site):
    served = site(console_logins=LOGINS)
    with served.client() as stranger:
        page = stranger.get("/")
        assert (page.status_code, page.headers["location"]) == (303, "/login")
        assert "password" in stranger.get("/login").text
        for path in ("/api/v1/status", "/metrics", f"/media/{'ab' * 32}", "/gradio_api/info"):
            assert stranger.get(path).status_code == 401, path
        assert stranger.post("/api/v1/stop").status_code == 401
        assert stranger.get("/health").status_code == 503  # no label runs, and watchers may know
    with served.signed_in("bob", "the second one") as bob:
        assert bob.get("/api/v1/status").status_code == 200
        assert bob.post("/api/v1/stop").json()["stopped_by"] == "bob"
        refused = bob.post("/api/v1/resume")
        assert (refused.status_code, refused.json()["code"]) == (403, "not_allowed")
        assert bob.post("/api/v1/artists", json={}).status_code == 403
        assert bob.put("/api/v1/settings/UNDO_S", json={"value": "5"}).status_code == 403
    with served.signed_in("ann", "the first password") as ann:
        assert ann.post("/api/v1/resume").status_code == 200
        ann.post("/logout")
        assert ann.get("/api/v1/status").status_code == 401


def test_a_name_and_a_password_are_not_one_word(site):
    with site(console_logins="cid:pass:word:1").client() as client:  # pragma: allowlist secret
        answer = client.post("/login", data={"alias": "cid:pass", "password": "word:1"})
        assert answer.status_code == 401
        right = {"alias": "cid", "password": "pass:word:1"}  # pragma: allowlist secret
        assert client.post("/login", data=right).status_code == 303


@pytest.mark.parametrize("alias", ["api", "API", "autopilot", "label", "reviewer-1", "telegram-7"])
def test_names_that_the_label_uses_itself_sign_nobody_in(tmp_path: Path, alias: str):
    with pytest.raises(SettingsError, match="which are taken") as refused:
        Settings.load(tmp_path, console_logins=f"{alias}:long enough")
    assert "\n" not in str(refused.value)


def test_the_cookie_is_for_this_site_and_no_script(site):
    with site(console_logins=LOGINS).client() as client:
        answer = client.post("/login", data={"alias": "ann", "password": "the first password"})
        cookie = answer.headers["set-cookie"].lower()
        assert "httponly" in cookie
        assert "samesite=strict" in cookie
        assert "max-age=43200" in cookie


def test_a_forged_and_an_ended_session_are_strangers(site):
    served = site(console_logins=LOGINS, session_h=2 / 3600)
    for token in ("", "x", "../../etc", "A" * 43, "ann"):
        with served.client() as client:
            client.cookies.set(COOKIE, token)
            assert client.get("/api/v1/status").status_code == 401
    with served.signed_in("ann", "the first password") as ann:
        assert ann.get("/api/v1/status").status_code == 200
        time.sleep(2.1)
        assert ann.get("/api/v1/status").status_code == 401


def test_a_wrong_password_tells_nothing_and_gets_slower(site):
    with site(console_logins=LOGINS).client() as client:
        told = set()
        for alias in ("ann", "nobody"):
            answer = client.post("/login", data={"alias": alias, "password": "guess"})
            assert answer.status_code == 401
            told.add(answer.text)
        assert len(told) == 1
        for _ in range(FREE_FAILURES - 1):
            client.post("/login", data={"alias": "ann", "password": "guess"})  # pragma: allowlist secret
        answer = client.post("/login", data={"alias": "ann", "password": "the first password"})
        assert (answer.status_code, int(answer.headers["retry-after"])) == (429, 1)
        time.sleep(1.05)
        answer = client.post("/login", data={"alias": "ann", "password": "the first password"})
        assert answer.status_code == 303


def test_waits_double_and_are_forgiven():
    now = [0.0]
    failures = Failures(lambda: now[0])
    waits = []
    for _ in range(FREE_FAILURES + 8):
        failures.failed("ann")
        waits.append(failures.wait_s("ann"))
    assert waits == [0, 0, 1, 2, 4, 8, 16, 32, 60, 60, 60]
    assert failures.wait_s("bob") == 0
    now[0] = 61
    assert failures.wait_s("ann") == 0
    failures.succeeded("ann")
    failures.failed("ann")
    assert failures.wait_s("ann") == 0


def test_sessions_end_and_are_not_kept_in_the_clear():
    now = [0.0]
    sessions = Sessions(10, lambda: now[0])
    token = sessions.begin("bob")
    sessions.end_all_of("bob")
    assert sessions.alias_of(token) is None
    token = sessions.begin("ann")
    assert sessions.alias_of(token) == "ann"
    assert token not in str(vars(sessions))
    now[0] = 10
    assert sessions.alias_of(token) is None


def test_the_token_is_for_programs(site):
    served = site(api_token=TOKEN, console_logins=LOGINS)
    with served.program() as program:
        assert program.post("/api/v1/stop").json()["stopped_by"] == "api"
        assert program.get("/metrics").status_code == 200
    for wrong in ("token", TOKEN + "x", TOKEN.upper()):
        with served.program(wrong) as program:
            assert program.get("/api/v1/status").status_code == 401
    with served.client(Authorization=f"Basic {TOKEN}") as client:
        assert client.get("/api/v1/status").status_code == 401


def test_a_wrong_token_is_refused_even_where_nobody_needs_one(site):
    with site().program("guess") as program:
        assert program.get("/api/v1/status").status_code == 401


def test_the_token_alone_opens_the_api_alone(site):
    served = site(api_token=TOKEN, console_host="0.0.0.0")
    with served.client() as client:
        assert (client.get("/").status_code, client.get("/api/v1/status").status_code) == (401, 401)
    with served.program() as program:
        assert program.get("/api/v1/status").status_code == 200


def test_people_in_the_list_have_the_role_they_have_there(home: Path, site):
    with behind(home) as stage:
        stage.write(people.add_person, alias="zoe", role=Role.OWNER, who="test")
    served = site(console_logins=LOGINS)
    with served.signed_in("ann", "the first password") as ann:  # the first, but somebody else owns the label
        assert ann.post("/api/v1/resume").status_code == 403
        assert ann.post("/api/v1/stop").status_code == 200


def test_who_is_removed_is_out_at_once_and_stays_out(site):
    served = site(console_logins=LOGINS)
    with served.signed_in("bob", "the second one") as bob:
        assert bob.get("/api/v1/status").status_code == 200
        served.stage.write(people.add_person, alias="bob", role=Role.REVIEWER, who="test")
        served.stage.write(people.remove_person, alias="bob", who="test")
        for path in ("/api/v1/status", "/api/v1/settings", "/api/v1/approvals", "/metrics", "/media/x"):
            assert bob.get(path).status_code == 401, path
        assert bob.get("/").headers["location"] == "/login"
        assert bob.get("/login").status_code == 200
        again = bob.post("/login", data={"alias": "bob", "password": "the second one"})
        assert (again.status_code, "set-cookie" in again.headers) == (401, False)
    with served.signed_in("ann", "the first password") as ann:
        assert ann.get("/api/v1/status").status_code == 200


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.7", "::"])
def test_an_open_console_is_not_shown_to_the_network(tmp_path: Path, host: str):
    with pytest.raises(ConfigurationError, match="set CONSOLE_LOGINS") as refused:
        check_binding(Settings.load(tmp_path, console_host=host))
    assert (refused.value.exit_code, "\n" in str(refused.value)) == (3, False)
    check_binding(Settings.load(tmp_path, console_host=host, api_token=TOKEN))
    check_binding(Settings.load(tmp_path, console_host=host, console_logins=LOGINS))
    for local in ("127.0.0.1", "::1", "localhost"):
        check_binding(Settings.load(tmp_path, console_host=local))


def test_a_taken_port_is_replaced_by_the_next():
    with listen("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        with listen("127.0.0.1", port) as other:
            assert port < other.getsockname()[1] <= port + 50


def test_an_address_that_is_not_ours_is_one_line():
    with pytest.raises(ConfigurationError, match=r"cannot listen on 192\.0\.2\.7"):
        listen("192.0.2.7", 7860)


def test_a_body_that_is_too_long_is_no_login(site):
    with site(console_logins=LOGINS).client() as client:
        answer = client.post("/login", content=b"alias=ann&password=" + b"x" * 100_000)
        assert answer.status_code == 401
