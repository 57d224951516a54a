# `make demo` and `make test` need nothing before them but Python 3.11 or newer and make.

PYTHON ?= python3
PREFIX ?= $(HOME)/.local
ARGS ?=

BIN := .venv/bin
INSTALL := $(BIN)/python scripts/install.py
COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --no-header $(ARGS)

# Set to nothing, Python keeps its bytecode: without it every Ray worker compiles Ray anew.
export PYTHONDONTWRITEBYTECODE :=
# A shell's own settings must not lead into another environment.
unexport PYTHONPATH PYTHONHOME VIRTUAL_ENV

# A test that hangs ends its process (pyproject.toml). With another in its place it would be run, and hang, once more.
PROCESSES := --max-worker-restart 0 --numprocesses

.NOTPARALLEL:
.DEFAULT_GOAL := help
.PHONY: help setup install demo test walks coverage check bench gallery pictures docs example lock

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-9s %s\n", $$1, $$2}' Makefile

setup: .venv/run.stamp ## Make .venv with what labelmate needs to run

install: .venv/run.stamp ## Put `labelmate` on PATH, as a link in ~/.local/bin (PREFIX=…)
	@mkdir -p "$(PREFIX)/bin"
	@if [ -e "$(PREFIX)/bin/labelmate" ] && [ ! -L "$(PREFIX)/bin/labelmate" ]; then \
		echo "$(PREFIX)/bin/labelmate is a file of somebody else's; remove it or give another PREFIX" >&2; exit 1; fi
	@ln -sfn "$(CURDIR)/$(BIN)/labelmate" "$(PREFIX)/bin/labelmate"
	@echo "labelmate is now at $(PREFIX)/bin/labelmate"
	@case ":$$PATH:" in *":$(PREFIX)/bin:"*) ;; *) echo "Add $(PREFIX)/bin to PATH to call it by name." ;; esac

demo: .venv/run.stamp ## Make an artist and a finished song, without key or network (ARGS="--seed 7")
	@$(BIN)/labelmate demo $(ARGS)

test: .venv/dev.stamp ## Run the tests, but for the long walks (ARGS=tests/configs for a part)
	@$(BIN)/python -m pytest $(PROCESSES) 3 -m "not walk" $(ARGS)

walks: .venv/dev.stamp ## Run the walks: whole paths through console, bot and terminal, of many seconds each
	@$(BIN)/python -m pytest $(PROCESSES) 2 -m walk $(ARGS)

coverage: .venv/dev.stamp ## Run all tests, half as long again, and print how much of the code they run
	@$(BIN)/coverage erase
	@$(BIN)/coverage run -m pytest $(PROCESSES) 2 $(ARGS)
	@$(BIN)/coverage combine --quiet
	@echo "coverage, branches included: $$($(BIN)/coverage report --format=total) %"

check: .venv/dev.stamp ## Lint, types, import contracts, secrets, dependencies, generated files
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	@# Two that take long, side by side.
	$(BIN)/python scripts/check_secrets.py & secrets=$$!; \
		PYRIGHT_PYTHON_IGNORE_WARNINGS=1 $(BIN)/pyright; types=$$?; wait $$secrets && exit $$types
	$(BIN)/lint-imports
	$(BIN)/python scripts/check_dependencies.py requirements-dev.lock
	$(BIN)/python scripts/check_compose.py docker-compose.yml
	$(BIN)/python -m configs.example | diff .env.example - || { echo "run: make example"; exit 1; }
	$(BIN)/python scripts/draw_loop.py | diff docs/loop.svg - || { echo "run: make docs"; exit 1; }
	$(BIN)/python scripts/draw_lifecycle.py | diff docs/lifecycle.svg - || { echo "run: make docs"; exit 1; }
	$(BIN)/python -m ui.cli.reference | diff docs/cli.md - || { echo "run: make docs"; exit 1; }

bench: .venv/dev.stamp ## Measure what the README claims (ARGS= for a part)
	@$(BIN)/python -m benchmarks $(ARGS)

gallery: .venv/run.stamp ## Draw docs/gallery: covers, looks, video frames and the sound of a song (ARGS=videos.jpg for a part)
	@$(BIN)/python scripts/gallery.py $(ARGS)

pictures: .venv/dev.stamp ## Photograph the console into docs/pictures, from a label made for it (needs Chromium)
	@$(BIN)/python -m tests.ui.console.pictures $(ARGS)

docs: .venv/run.stamp ## Write docs/loop.svg from a cycle's steps, docs/lifecycle.svg from its table, docs/cli.md from the commands
	@$(BIN)/python scripts/draw_loop.py > docs/loop.svg.part && mv docs/loop.svg.part docs/loop.svg
	@$(BIN)/python scripts/draw_lifecycle.py > docs/lifecycle.svg.part && mv docs/lifecycle.svg.part docs/lifecycle.svg
	@$(BIN)/python -m ui.cli.reference > docs/cli.md.part && mv docs/cli.md.part docs/cli.md

example: .venv/run.stamp ## Write .env.example from the settings
	@$(BIN)/python -m configs.example > .env.example.part && mv .env.example.part .env.example

# Straight from PyPI, whatever pip is configured for: a mirror may hold only some of a release's files.
lock: .venv/build.stamp ## Write the locks anew (ARGS=--upgrade for newer versions)
	$(COMPILE) pyproject.toml -o requirements.lock
	$(COMPILE) pyproject.toml --group dev --group bench -c requirements.lock -o requirements-dev.lock
	$(COMPILE) --group build -c requirements-dev.lock -o requirements-build.lock

# A stamp is written last, so an interrupted set-up starts over. Its words go to stderr: stdout is the command's.
.venv/build.stamp: requirements-build.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "labelmate needs Python 3.11 or newer, and $(PYTHON) is `$(PYTHON) -V 2>&1`. Try: make PYTHON=python3.12 …" >&2; exit 1; }
	@echo "Setting up .venv; the first time, this downloads a few hundred megabytes" >&2
	@$(PYTHON) -m venv .venv >&2
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --require-hashes -r requirements-build.lock >&2
	@touch $@

.venv/run.stamp: requirements.lock pyproject.toml .venv/build.stamp
	@$(INSTALL) --require-hashes --no-deps -r requirements.lock >&2
	@$(INSTALL) --no-deps --no-build-isolation --editable . >&2
	@$(BIN)/python -m compileall -q agents configs runtime storage ui >&2 || true
	@touch $@

.venv/dev.stamp: requirements-dev.lock .venv/run.stamp
	@$(INSTALL) --require-hashes --no-deps -r requirements-dev.lock >&2
	@touch $@
