# Two commands do everything: `make run` and `make test`. Both set up what they need first.
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 8501

.PHONY: run sample test check fast bench lock clean help

help:            ## what there is
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## / — /'

$(VENV)/ready: requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Vividly needs Python 3.11 or newer: set PYTHON=/path/to/python3.11 and run make again."; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) || \
		{ echo "Python cannot make a virtual environment here: on Debian and Ubuntu install python3-venv."; exit 1; }
	@echo "Installing packages into $(VENV) …"
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --require-hashes -r requirements.lock
	@touch $@

run: $(VENV)/ready  ## the console at http://localhost:8501, with a worker behind it
	@$(BIN)/python -m pipeline models pull
	@$(BIN)/python -m pipeline corpus index
	@$(BIN)/python -m pipeline up --port $(PORT)

sample: $(VENV)/ready  ## real lessons for a first look, made through the queue; run it again to go on where it stopped
	@$(BIN)/python -m pipeline models pull
	@$(BIN)/python -m pipeline corpus index
	@$(BIN)/python -m pipeline sample

test: $(VENV)/ready  ## every check and test, with real models and a real browser
	@$(BIN)/python -m pipeline models pull
	@bash tests/browser/chromium.sh
	@$(MAKE) --no-print-directory check
	@bash tests/side_by_side.sh

fast: $(VENV)/ready  ## the tests that need no models and no browser
	@$(BIN)/python -m pytest -m "not real and not browser"

check: $(VENV)/ready  ## style, types, corpus
	@$(BIN)/python -m ruff check .
	@$(BIN)/python -m mypy
	@$(BIN)/python -m pipeline corpus check

bench: $(VENV)/ready  ## speed and memory: python -m tests.bench lesson | film
	@$(BIN)/python -m tests.bench lesson
	@$(BIN)/python -m tests.bench film

lock:            ## requirements.lock anew from requirements.txt, and the part of it that goes into the image (needs uv)
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
		requirements.txt -o requirements.lock
	sed '/^# Tests and checks/,$$d' requirements.txt | uv pip compile --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-header --no-annotate --constraint requirements.lock - -o deploy/requirements.lock

clean:           ## the environment and every cache of the checkout
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis
