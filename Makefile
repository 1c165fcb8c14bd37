# The same commands serve a person, a commit hook and continuous integration.
PYTHON ?= python3
VENV ?= .venv
BIN = $(VENV)/bin

.PHONY: profile test test-quick test-long coverage check docs sbom lock clean

profile: $(VENV)/ready  ## Make and publish a profile from the bundled samples, and say which file to open.
	@$(BIN)/cce demo

test: $(VENV)/ready  ## Everything that must hold before a change is shared.
	@$(MAKE) --no-print-directory -j2 check test-quick

test-quick: $(VENV)/ready
	$(BIN)/python -m pytest -m "not long"

test-long: $(VENV)/ready  ## Sweeps of minutes: invented worlds, every point of a kill, hundreds of mutations.
	$(BIN)/python -m pytest -m long

coverage: $(VENV)/ready  ## The same tests with the branches they reach; a quarter slower.
	$(BIN)/python -m pytest --cov --cov-report=term

check: $(VENV)/ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	@$(MAKE) --no-print-directory docs

$(VENV)/ready: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed: make PYTHON=python3.12 …"; exit 1; }
	@echo "Setting up $(VENV) (once; a minute or two)…"
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps -e .
	@touch $@

docs: $(VENV)/ready  ## The guides as pages in dist/guides, offline; fails for a link that leads nowhere.
	$(BIN)/mkdocs build --quiet

sbom: $(VENV)/ready  ## Every library with its version and hashes, in CycloneDX, for a register of software.
	@$(PYTHON) -m venv $(VENV)/sbom
	@$(VENV)/sbom/bin/python -m pip install --quiet --disable-pip-version-check 'cyclonedx-bom>=7,<8'
	$(VENV)/sbom/bin/cyclonedx-py requirements --output-reproducible -o dist/sbom.json requirements.lock

lock:  ## Pin every dependency by hash, for all supported versions of Python.
	uv pip compile --universal --python-version 3.11 --no-strip-extras --generate-hashes --all-extras -o requirements.lock pyproject.toml

clean:
	rm -rf $(VENV) dist
