# Everything starts from a machine with Python 3.11 or newer and make: each target that needs
# an environment builds it in .venv first.

VENV := .venv
BIN := $(VENV)/bin
IS_NEW_ENOUGH := -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$p $(IS_NEW_ENOUGH) && echo $$p && break; done)
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check

# The lowest versions of all that is needed, whose wheels are for Python 3.11 and 3.12.
LOWEST := .venv-lowest
LOWEST_PYTHON ?= $(shell for p in python3.11 python3.12 "$(PYTHON)"; do \
	$$p $(IS_NEW_ENOUGH) && echo $$p && break; done)

.PHONY: demo test test-lowest test-cluster test-pages lint bench study mist man gallery clean

demo: $(VENV)/installed
	$(BIN)/mitool estimate sample_data/penguins.csv -x flipper_length_mm -y body_mass_g \
		--ci 0.95 --order none --format table

test: $(VENV)/tested
	$(BIN)/python -m pytest -n 2

# Compiled loops are kept apart from those of the other Numba: each would throw the other's away.
test-lowest:
	@if $(MAKE) --silent $(LOWEST)/tested 2>/dev/null; then \
		NUMBA_CACHE_DIR="$(CURDIR)/$(LOWEST)/numba" $(LOWEST)/bin/python -m pytest -n 2; \
	else \
		echo "test-lowest: left out, tests/lowest.txt cannot be installed here: $(LOWEST).log"; \
	fi

# Real batch systems, in a network of their own; .ci/run installs them.
test-cluster: $(VENV)/tested
	sh tests/cluster/alone.sh $(BIN)/python -m pytest -m cluster tests/cluster

# Pages of reports in a real browser; .ci/run installs it.
test-pages: $(VENV)/paged
	$(BIN)/python -m pytest -m pages tests/pages

lint: $(VENV)/linted
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/mypy tests/typed_caller.py
	! command -v mandoc >/dev/null || mandoc -T lint -W warning man/man1/*.1

# BENCH puts an older checkout beside this one: make bench BENCH="--before ../older"
bench: $(VENV)/benched
	$(BIN)/python -m benchmarks $(BENCH)

# STUDY is for a smaller run: make study STUDY="--suite tied --repeats 10"
study: $(VENV)/tested $(VENV)/benched
	$(BIN)/python -m pytest -m study
	$(BIN)/python -m studies.accuracy $(STUDY)
	for study in conditional conditional_sizes coverage reliability verdicts significance drift \
		screening unseen unseen_intervals edges rows_needed models bounds layers; do \
		$(BIN)/python -m studies.$$study || exit; done

# The networks of mist, and how far off they are; build/mist keeps the tables. MIST="--tables 2000"
# --output and --weights elsewhere is a smaller run.
mist: $(VENV)/tested
	$(BIN)/python -m studies.mist $(MIST)

man: $(VENV)/tested
	$(BIN)/python -m mitool.cli.docs.manpage
	$(BIN)/python -m mitool.cli.docs.gallery
	$(BIN)/cog -r README.md docs/*.md
	PATH="$(CURDIR)/$(BIN):$$PATH" env -u COLUMNS $(BIN)/python -m mitool.cli.docs.readme

# The pictures of docs/gallery.md.
gallery: $(VENV)/tested
	$(BIN)/python -m mitool.cli.docs.gallery --draw

clean:
	rm -rf $(VENV) $(LOWEST) $(LOWEST).log build dist

# pip of an old Python knows no dependency groups, so it is brought up to date first.
$(VENV)/pip:
	@test -n "$(PYTHON)" || { echo "mitool needs Python 3.11 or newer; set PYTHON=..."; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(INSTALL) --upgrade pip
	@touch $@

$(VENV)/installed: $(VENV)/pip pyproject.toml
	$(INSTALL) --editable .
	@touch $@

$(VENV)/tested: $(VENV)/pip pyproject.toml
	$(INSTALL) --editable . --group test
	@touch $@ $(VENV)/installed

$(VENV)/paged: $(VENV)/pip pyproject.toml
	$(INSTALL) --editable . --group pages
	@touch $@ $(VENV)/tested $(VENV)/installed

$(VENV)/linted: $(VENV)/pip pyproject.toml
	$(INSTALL) --editable . --group dev
	@touch $@ $(VENV)/tested $(VENV)/installed

$(VENV)/benched: $(VENV)/pip pyproject.toml
	$(INSTALL) --editable . --group bench
	@touch $@

$(LOWEST)/tested: pyproject.toml tests/lowest.txt
	@{ $(LOWEST_PYTHON) -m venv --clear $(LOWEST) && \
		$(LOWEST)/bin/python -m pip install --upgrade pip && \
		$(LOWEST)/bin/python -m pip install --only-binary :all: \
			--editable . --group test --constraint tests/lowest.txt; } >$(LOWEST).log 2>&1
	@touch $@
