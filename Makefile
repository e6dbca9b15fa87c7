# make demo   set up and run the main job on a record that ships with the project
# make test   set up and run the tests
# make check-all  the tests with a population of 100,000
# make lint   format, lint, types, import directions, knowledge
# make docs   the medicine and the documents as pages, in build/site
# make bench  speed, as ratios against a named floor in the same run
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
RUN    := $(VENV)/.run
DEV    := $(VENV)/.dev
DOCS   := $(VENV)/.docs
PIP    := $(BIN)/python -m pip --disable-pip-version-check install --quiet

COMPILE := $(BIN)/pip-compile --quiet --strip-extras --generate-hashes --allow-unsafe --no-emit-index-url \
           --no-emit-find-links --no-header

.PHONY: demo test check-all lint docs bench lock clean

demo: $(RUN)
	$(BIN)/openmbc demo

test: $(DEV)
	$(BIN)/python -m pytest -n 2 --dist loadfile

check-all: $(DEV)
	OPENMBC_PEOPLE=100000 $(BIN)/python -m pytest tests

lint: $(DEV)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/openmbc knowledge check

docs: $(DOCS)
	rm -rf build/docs build/site
	$(BIN)/openmbc knowledge pages --output build/docs
	cp -r docs build/docs/project
	$(BIN)/zensical build --strict --config-file mkdocs.yml

bench: $(DEV)
	$(BIN)/python -m bench

lock: $(DEV)
	$(PIP) pip-tools
	$(COMPILE) --output-file requirements/run.lock pyproject.toml
	$(COMPILE) --output-file requirements/dev.lock --extra=dev pyproject.toml
	$(COMPILE) --output-file requirements/docs.lock --extra=docs --constraint requirements/run.lock pyproject.toml
	$(COMPILE) --output-file requirements/build.lock requirements/build.in

$(RUN): requirements/run.lock pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(PIP) --require-hashes --requirement requirements/run.lock
	$(PIP) --require-hashes --requirement requirements/build.lock
	$(PIP) --no-deps --no-build-isolation --editable .
	touch $@

$(DEV): $(RUN) requirements/dev.lock
	$(PIP) --require-hashes --requirement requirements/dev.lock
	touch $@

$(DOCS): $(RUN) requirements/docs.lock
	$(PIP) --require-hashes --requirement requirements/docs.lock
	touch $@

clean:
	rm -rf $(VENV) build dist
