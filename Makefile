# Everything runs in .venv, made with a plain `python3 -m venv`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SOURCES := $(shell find tracer -type f -not -path '*/__pycache__/*')

.PHONY: demo test fuzz lint bench docs clean

$(VENV)/.demo: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

$(VENV)/.dev: $(VENV)/.demo
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@

demo: $(VENV)/.demo  ## trace the two cases, and say where the pictures are
	@$(BIN)/tracer demo -o build/rehearsal

test: $(VENV)/.dev  ## all tests; those that need a browser say so when they are skipped
	$(BIN)/python -m pytest

fuzz: $(VENV)/.dev  ## 10,000 random ledgers: all engines say the same
	TRACER_FUZZ=10000 $(BIN)/python -m pytest tests/tracing/test_fuzz.py

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

docs: $(VENV)/.dev  ## write the generated pages
	$(BIN)/python docs/generate.py

bench: $(VENV)/.dev
	$(BIN)/python bench/figures.py

clean:
	rm -rf build dist $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis
