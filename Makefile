# Everything runs in .venv, made with a plain `python3 -m venv`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
WORKERS := $(shell expr $$(getconf _NPROCESSORS_ONLN) \* 3 / 2)  # half as many again as cores: some tests wait for a browser or a node
SOURCES := $(shell find tracer -type f -not -path '*/__pycache__/*')

.PHONY: demo test test-graph neo4j fuzz lint bench scale docs validation clean

$(VENV)/.demo: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[bounds,graph,evm,workbench]'
	@touch $@

$(VENV)/.dev: $(VENV)/.demo
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@

demo: $(VENV)/.demo  ## trace the cases that come along, and say where pictures, reports and freeze lists are
	@$(BIN)/tracer demo -o build/rehearsal

test: $(VENV)/.dev  ## all tests; those that need a browser, Java or Node say so when they are skipped
	$(BIN)/python -m pytest --numprocesses $(WORKERS) --dist loadfile --no-loadscope-reorder $(TESTS)

test-graph: $(VENV)/.dev build/dev/node_modules  ## the query book on a real Neo4j 5, started here: needs Java 17 or 21, Maven, Node 18 or newer
	TRACER_REQUIRE=neo4j,node $(BIN)/python -m pytest tests/store/graph

# The analyser says it wants Node 24; it gives the same verdicts on Debian 12's Node 18, and older ones miss unknown properties.
build/dev/node_modules: dev/package.json
	@mkdir -p build/dev && cp dev/package.json build/dev/
	npm install --silent --no-audit --no-fund --engine-strict=false --prefix build/dev
	@touch $@

neo4j:  ## a real Neo4j 5 on loopback, from public packages: needs Java and Maven. Stop it with dev/neo4j-dev stop
	@NEO4J_DEV_PORT=$${NEO4J_DEV_PORT:-7687} NEO4J_DEV_PASSWORD=$${NEO4J_PASSWORD:?set NEO4J_PASSWORD, 8 characters or more} dev/neo4j-dev start

fuzz: $(VENV)/.dev  ## 10,000 random ledgers, every pair of faults of a node, 200 watches of thirty days
	TRACER_FUZZ=10000 $(BIN)/python -m pytest tests/tracing/test_fuzz.py tests/tracing/test_fuzz_conversions.py tests/tracing/test_proofs.py
	TRACER_PAIRS=all $(BIN)/python -m pytest tests/ingest/node/test_fault_kinds.py
	TRACER_WATCHES=200 $(BIN)/python -m pytest tests/pipeline/test_watch_for_thirty_days.py

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

docs: $(VENV)/.dev  ## write the generated pages
	$(BIN)/python docs/generate.py

build/evm/node_modules: dev/evm_rehearsal/package.json
	@mkdir -p build/evm && cp dev/evm_rehearsal/package.json build/evm/
	npm install --silent --no-audit --no-fund --prefix build/evm
	@touch $@

validation: $(VENV)/.dev build/evm/node_modules  ## every figure of docs/validation.md: five minutes and more; TRACER_LABELLED names the data sets of others
	cd dev/evm_rehearsal && $(abspath $(BIN))/python challenge.py reporting ../../build/challenge --modules ../../build/evm/node_modules
	$(BIN)/python docs/measured.py challenge build/challenge $$(sed -n 's/^reporting,//p' dev/evm_rehearsal/challenge_seals.csv)
	$(BIN)/python dev/nem_challenge.py build/nem_challenge
	$(BIN)/python docs/measured.py challenge_nem build/nem_challenge $$(cut -c 1-64 dev/nem_challenge.sha256)
	$(BIN)/python docs/generate.py

bench: $(VENV)/.dev
	$(BIN)/python bench/figures.py

scale: $(VENV)/.dev  ## ten million rows on a Spark of two executors, one of which is killed, and the driver: minutes; needs Java 17 or newer
	$(BIN)/python bench/spark.py

clean:
	rm -rf build dist $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis
