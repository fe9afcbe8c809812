# Everything sets itself up: `make demo` and `make test` work on a fresh checkout.
PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/.set-up

.PHONY: setup demo test lint bench pycrt docs-figures clean

setup: $(STAMP)

$(STAMP): pyproject.toml constraints.txt scripts/system_libraries.sh
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	    || { echo "Python 3.11 or newer is needed; name it with: make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null \
	    || { echo "Python's venv module is missing; on Debian or Ubuntu run: sudo apt-get install -y python3-venv" >&2; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@echo "Setting up .venv (a minute or two the first time)"
	@$(BIN)/python -m pip install -qq --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@sh scripts/system_libraries.sh $(BIN)/python
	@touch $@

demo: setup
	$(BIN)/perfusion-cam compare sample_videos/two-sides.mp4 --affected-is right --sex f --age 41 --out out/demo
	@echo "See out/demo/report.html or out/demo/report.pdf"

# Side by side; then, by themselves, those in which programs, pages and threads wait for each other.
WAITING := tests/apps tests/live
test: setup
	$(BIN)/python -m pytest -n auto --dist loadfile --no-loadscope-reorder $(WAITING:%=--ignore=%)
	$(BIN)/python -m pytest $(WAITING)

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: setup
	$(BIN)/python -m benchmarks

# pyCRT in an environment of its own: it pins nothing, and nothing here depends on it.
.venv-pycrt/bin/python:
	@test -x $@ || $(PYTHON) -m venv .venv-pycrt
	@$@ -m pip install -qq --disable-pip-version-check pyCRT==2.2.2

pycrt: setup .venv-pycrt/bin/python
	$(BIN)/python -m benchmarks.pycrt

docs-figures: setup
	$(BIN)/python scripts/docs_figures.py
	$(BIN)/python -m benchmarks.comparison --tries 500 --plot docs/figures/power.png
	$(BIN)/python -m benchmarks.signs --figure docs/figures/signs.png
	$(BIN)/python scripts/docs_flags.py
	$(BIN)/python scripts/docs_thresholds.py

clean:
	rm -rf .venv .venv-pycrt out build dist .pytest_cache .mypy_cache .ruff_cache
