"""What a fresh clone promises: locks, generated files, compose, scripts, and no trace of the machine it came from."""

import ast
import importlib.metadata
import os
import plistlib
import re
import stat
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

from configs.example import example
from configs.names import variables
from configs.settings import Settings
from scripts import check_compose, check_dependencies, draw_loop, install

ROOT = Path(__file__).parent.parent
LOCKS = ("requirements.lock", "requirements-dev.lock", "requirements-build.lock")
PACKAGES = ("agents", "configs", "runtime", "storage", "ui")
MACHINE_PATH = re.compile(r"(?<![\w.$~<{])/(?:work|opt|home|root|Users)/[\w.]+")


def pins(name: str) -> dict[str, str]:
    return dict(
        re.findall(r"^([a-z0-9._-]+)(?:\[[^]]*\])?==([^\s;]+)", (ROOT / name).read_text(), flags=re.MULTILINE)
    )


def own_files() -> list[Path]:
    """Every text file of the project, hidden ones included, without what tools leave behind."""
    skipped = {".venv", ".git", "__pycache__", "out", "build", "dist"}
    caches = re.compile(r"^\.(pytest|ruff|import_linter|mypy)_cache$|^\.hypothesis$|\.egg-info$")
    found = []
    for folder, folders, files in os.walk(ROOT):
        folders[:] = [name for name in folders if name not in skipped and not caches.search(name)]
        found += [Path(folder, name) for name in files if not name.endswith((".png", ".pyc"))]
    # In a worktree `.git` is a file.
    return [path for path in found if path.name != ".git" and not path.name.startswith(".coverage")]


def imported_modules() -> set[str]:
    """Top names of everything the packages import from outside."""
    found = set()
    for path in [path for package in PACKAGES for path in (ROOT / package).rglob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                found |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                found.add(node.module.partition(".")[0])
    return found - set(sys.stdlib_module_names) - set(PACKAGES)


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_names_no_index_and_hashes_everything(name: str):
    text = (ROOT / name).read_text()
    assert "index-url" not in text
    assert "://" not in text
    blocks = re.split(r"^(?=[a-z0-9])", text, flags=re.MULTILINE)[1:]
    assert len(blocks) == len(re.findall(r"^[a-z0-9._-]+(?:\[[^]]*\])?==", text, flags=re.MULTILINE))
    assert [block.split()[0] for block in blocks if "--hash=sha256:" not in block] == []


def test_the_development_lock_only_adds_to_the_other():
    run, dev = pins("requirements.lock"), pins("requirements-dev.lock")
    assert {name: dev.get(name) for name in run} == run
    shared = pins("requirements-build.lock").keys() & dev.keys()
    assert {name: pins("requirements-build.lock")[name] for name in shared} == {
        name: dev[name] for name in shared
    }


@pytest.mark.parametrize(
    ("lock", "groups"), [("requirements.lock", ()), ("requirements-dev.lock", ("dev", "bench"))]
)
def test_a_lock_holds_every_declared_dependency(lock: str, groups: tuple[str, ...]):
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    wanted = list(project["project"]["dependencies"])
    wanted += [need for group in groups for need in project["dependency-groups"][group]]
    names = {re.split(r"[\[<>=~! ]", need)[0] for need in wanted}
    assert names - pins(lock).keys() == set()


def test_dependencies_are_what_is_imported_and_nothing_else():
    needs = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
    declared = {re.split(r"[\[<>=~! ]", need)[0] for need in needs}
    owners = importlib.metadata.packages_distributions()
    imported = {
        owner.lower().replace("_", "-")
        for module in imported_modules()
        for owner in owners.get(module, [module])
    }
    # Loaded by name: the driver in a database URL, and data.
    by_name = {need for need in declared if need.startswith("fontpkg-")} | {"psycopg", "tzdata"}
    assert imported - {"pydantic-core"} == declared - by_name


def test_the_example_of_settings_is_fresh():
    assert (ROOT / ".env.example").read_text() == example(), "run `make example`"


def test_the_picture_of_the_loop_is_fresh():
    assert (ROOT / "docs/loop.svg").read_text() == draw_loop.picture(), "run `make docs`"


def test_every_setting_in_use_is_read_by_code():
    code = "\n".join(
        path.read_text()
        for package in PACKAGES
        for path in (ROOT / package).rglob("*.py")
        if path.name not in ("knobs.py", "keys.py")
    )
    used = [name for group in Settings.groups if group.is_used for name in group.model_fields]
    read_as_size = {"video_preset": "video_width"}
    unread = [name for name in used if not re.search(rf"\.{read_as_size.get(name, name)}\b", code)]
    assert unread == []


def test_no_file_tells_of_the_machine_it_was_written_on():
    told = [
        f"{path.relative_to(ROOT)}: {match.group()}"
        for path in own_files()
        if not path.is_relative_to(ROOT / "tests")  # which make up paths to redact
        for match in MACHINE_PATH.finditer(path.read_text(encoding="utf-8", errors="ignore"))
    ]
    assert told == []


def test_compose_is_sound():
    assert check_compose.faults((ROOT / "docker-compose.yml").read_text()) == []


@pytest.mark.parametrize(
    ("before", "after", "fault"),
    [
        ("127.0.0.1:8265:8265", "8265:8265", "open to the network"),
        (
            "RAY_AUTH_TOKEN: ${RAY_AUTH_TOKEN:?",
            "RAY_AUTH_TOKEN: ${RAY_AUTH_TOKEN:-",
            "must come from the environment",
        ),
        (
            "CONSOLE_LOGINS: ${CONSOLE_LOGINS:?",
            "CONSOLE_LOGINS: ${CONSOLE_LOGINS:-",
            "must come from the environment",
        ),
        ("127.0.0.1:7860:7860", "7860:7860", "open to the network"),
        ("- home:/data", "- homes:/data", "volume homes is not declared"),
        ("      postgres:\n        condition", "      postgre:\n        condition", "which does not exist"),
        ("    shm_size: 2gb", "    shmsize: 2gb", "unknown key shmsize"),
        ("    image: postgres:17-alpine\n", "", "neither image nor build"),
    ],
)
def test_a_careless_compose_is_caught(before: str, after: str, fault: str):
    text = (ROOT / "docker-compose.yml").read_text()
    assert before in text
    assert any(fault in line for line in check_compose.faults(text.replace(before, after)))


def test_compose_settings_are_ours_or_rays():
    services = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
    known = variables(Settings) | {"RAY_AUTH_MODE", "RAY_AUTH_TOKEN", "LABEL_ADDRESS"}
    assert set(services["label"]["environment"]) | set(services["worker"]["environment"]) <= known


def test_the_image_copies_only_what_exists_and_what_the_ignore_file_lets_in():
    words = [
        line.split()[1:-1]
        for line in (ROOT / "Dockerfile").read_text().splitlines()
        if line.startswith("COPY ")
    ]
    copied = {name for line in words for name in line if not name.startswith(("--", "/"))}
    let_in = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    assert {name for name in copied if not (ROOT / name).exists()} == set()
    assert copied == let_in


def test_uv_is_told_what_pip_knows():
    listing = (
        "global.index-url='https://one.example/simple'\n"
        "global.extra-index-url='https://two.example/simple\\nhttps://three.example/simple'\n"
        "global.find-links='wheels more'\n"
        ":env:.index-url='https://env.example/simple'\n"
        "freeze.timeout='1'\n"
    )
    assert install.uv_environment(install.pip_configuration(listing)) == {
        "UV_DEFAULT_INDEX": "https://env.example/simple",
        "UV_FIND_LINKS": "wheels,more",
    }
    assert install.uv_environment(install.pip_configuration("")) == {}


def test_a_known_vulnerability_is_told_and_what_was_not_audited_is_counted():
    report = """{"dependencies": [
        {"name": "a", "version": "1", "vulns": [{"id": "CVE-1", "fix_versions": ["2"]}]},
        {"name": "b", "version": "1", "vulns": []}, {"name": "c", "skip_reason": "not found"}]}"""
    assert check_dependencies.advisories(report) == (["a 1: CVE-1, fixed in 2"], 2, 1)


def test_scripts_for_ci_and_containers_can_be_run():
    for name in (".ci/run", "deploy/label.sh", "deploy/worker.sh"):
        path = ROOT / name
        assert path.stat().st_mode & stat.S_IXUSR, name
        shell = path.read_text().splitlines()[0].rpartition("/")[2].split()[-1]
        subprocess.run([shell, "-n", path], check=True)


def test_continuous_integration_runs_the_commands_a_person_runs():
    steps = re.findall(r"^make \w+$", (ROOT / ".ci/run").read_text(), flags=re.MULTILINE)
    assert steps == ["make test", "make check"]
    jobs = yaml.safe_load((ROOT / ".github/workflows/ci.yml").read_text())["jobs"]
    assert any(step.get("run") == ".ci/run" for step in jobs["run"]["steps"])
    assert any(step.get("run") == "make walks" for step in jobs["walks"]["steps"])


def test_make_refuses_an_old_python(tmp_path: Path):
    old = tmp_path / "python3"
    old.write_text('#!/bin/sh\n[ "$1" = -V ] && echo Python 3.9.2\nexit 1\n')
    old.chmod(0o755)
    for name in ("Makefile", "pyproject.toml", "requirements.lock", "requirements-build.lock"):
        (tmp_path / name).write_bytes((ROOT / name).read_bytes())
    done = subprocess.run(
        ["make", "setup", f"PYTHON={old}"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode != 0
    assert "labelmate needs Python 3.11 or newer" in done.stderr
    assert "Python 3.9.2" in done.stderr
    assert not (tmp_path / ".venv").exists()


def test_the_settings_example_is_written_by_its_module():
    written = subprocess.run(
        [sys.executable, "-m", "configs.example"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert written.stdout == example()


def test_services_of_both_systems_stay_in_the_foreground():
    unit = (ROOT / "deploy/labelmate.service").read_text()
    assert re.search(r"^ExecStart=.*labelmate up --foreground$", unit, flags=re.MULTILINE)
    agent = plistlib.loads((ROOT / "deploy/labelmate.plist").read_bytes())
    assert agent["ProgramArguments"][-1].endswith('labelmate" up --foreground')
    assert agent["RunAtLoad"] is True
