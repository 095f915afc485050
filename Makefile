# Thin: each verb says which tool runs. CI runs the same ones.
# Needs only a python3 (3.8 or newer) and a package index; everything else is installed into this folder.

SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help env run test check lint train bench bench-reply bench-desk simulate eval tune clean

UV_VERSION := 0.13.9
# A `uv` on PATH may be a shim that only complains, so it is tried, not looked for.
UV := $(shell if uv --version >/dev/null 2>&1; then echo uv; else echo .tools/bin/uv; fi)
# Many containers set it, and then every process compiles all that it imports: two seconds at each start.
unexport PYTHONDONTWRITEBYTECODE
ENVIRONMENTS := .venv/.synced bot/language_server/.venv/.synced

help:
	@echo "make run    install, train, start everything; Ctrl-C stops it"
	@echo "make test   install and run every test"
	@echo "make check  style, types, import floors, house rules"
	@echo "make lint   the same without the house rules, which are tests too"
	@echo "make train  train the language model if none fits the data"
	@echo "make bench  measure speed and memory, write docs/performance.md"
	@echo "make bench-reply  measure replies per second only, write nothing"
	@echo "make bench-desk   measure the ticket services only, write their tables"
	@echo "make simulate   play a year of the hotline; ARGS='--seed 7 --months 12 --report FILE'"
	@echo "make eval   measure how well messages are understood, into docs/nlu.md"
	@echo "make tune   teach the sentence encoder the examples' train part; by hand, after much new data"
	@echo "make clean  remove both environments and the tools; data stays"

env: $(ENVIRONMENTS)

run: env
	@exec .venv/bin/hotline up

test: env
	$(UV) run --no-sync pytest -n logical --maxprocesses 4

check: lint
	$(UV) run --no-sync pytest tests/house

lint: .venv/.synced
	$(UV) run --no-sync ruff check .
	$(UV) run --no-sync ruff format --check .
	$(UV) run --no-sync mypy
	$(UV) run --no-sync lint-imports --no-logo

train: env
	.venv/bin/hotline train

bench: env
	$(UV) run --no-sync python -m tests.bench

bench-reply: env
	$(UV) run --no-sync python -m tests.bench --replies

bench-desk: env
	$(UV) run --no-sync python -m tests.bench --desk

simulate: env
	$(UV) run --no-sync python -m tests.simulation $(ARGS)

eval: env
	$(UV) run --locked --group eval python -m tests.evaluation $(ARGS)

# PyTorch is not in the lock files: nothing that runs needs it, only what comes out of this.
tune: env
	python3 -m venv .data/tuning
	.data/tuning/bin/pip install --quiet --requirement bot/tuning/requirements.txt
	$(UV) run --no-sync python -m tests.evaluation.tuned_on rows .data/tuning/rows.jsonl
	.data/tuning/bin/python -m bot.tuning .data/tuning/rows.jsonl bot/nlu/adapter.npz
	$(UV) run --no-sync python -m tests.evaluation.tuned_on note .data/tuning/rows.jsonl

clean:
	rm -rf .venv bot/language_server/.venv .tools

.tools/bin/uv:
	@python3 -c 'import sys; sys.exit(sys.version_info < (3, 8))' || { echo "python3 (3.8 or newer) is needed"; exit 1; }
	python3 -m venv .tools || { rm -rf .tools; echo "On Debian: apt-get install python3-venv"; exit 1; }
	.tools/bin/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)

.venv/.synced: pyproject.toml uv.lock $(filter .tools/bin/uv,$(UV))
	$(UV) sync --locked --compile-bytecode
	@touch $@

bot/language_server/.venv/.synced: bot/language_server/pyproject.toml bot/language_server/uv.lock $(filter .tools/bin/uv,$(UV))
	@$(UV) python find 3.10 >/dev/null 2>&1 || $(UV) python install 3.10 || { \
	  echo "Python 3.10 is needed for the language server and was neither found nor downloaded."; \
	  echo "Install it ('pyenv install 3.10', 'apt-get install python3.10', or '$(UV) python install 3.10') and try again."; \
	  exit 1; }
	$(UV) sync --locked --compile-bytecode --project bot/language_server
	@touch $@
