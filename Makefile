# Everything for working on sagemaker-netlint. Needs make and Python 3.10 to 3.13; the rest goes into .venv.
# `make` alone lists the targets.

VENV ?= .venv
BIN := $(if $(filter /%,$(VENV)),$(VENV),$(CURDIR)/$(VENV))/bin
# The tests start `checkov`, `cfn-lint` and `sagemaker-netlint` by name, as a user does.
PIP := @"$(BIN)/python" -m pip install -qq --no-input
RUN := PATH="$(BIN):$$PATH" "$(BIN)/python"

SUPPORTED := import sys; sys.exit(not (3, 10) <= sys.version_info[:2] <= (3, 13))
PYTHON ?= $(shell for python in python3 python3.13 python3.12 python3.11 python3.10; do \
	"$$python" -c '$(SUPPORTED)' 2>/dev/null && { echo "$$python"; break; }; done)

# For example: make test TEST_ARGS="-k notebook"
TEST_ARGS ?= -n auto

.DEFAULT_GOAL := help
.PHONY: help demo test lint format docs docs-check site bench plans new-rule clean

help:
	@echo "make demo        check the examples and show what is found"
	@echo "make test        run the tests (TEST_ARGS=\"-k notebook\" for some of them)"
	@echo "make lint        ruff, ruff format --check, mypy --strict"
	@echo "make format      let ruff format the code and mend what it can"
	@echo "make docs        write the generated parts of README.md and docs/"
	@echo "make docs-check  say which generated parts are stale"
	@echo "make site        build the documentation site in build/site/html, and check its links"
	@echo "make bench       compare run times with Checkov and cfn-lint"
	@echo "make plans       make the plans of fixtures/ and examples/ with the real terraform"
	@echo "make new-rule ID=SMN209 NAME=notebook-script-over-limit   start a rule"
	@echo "make clean       remove the virtual environment and the caches"

demo: $(VENV)/.installed
	@PATH="$(BIN):$$PATH" sh examples/demo.sh

test: $(VENV)/.installed-test
	@$(RUN) -m pytest $(TEST_ARGS)

lint: $(VENV)/.installed-dev
	@$(RUN) -m ruff check .
	@$(RUN) -m ruff format --check .
	@$(RUN) -m mypy

format: $(VENV)/.installed-dev
	@$(RUN) -m ruff check --fix-only .
	@$(RUN) -m ruff format .

docs: $(VENV)/.installed-docs
	@$(RUN) docs/generate.py

docs-check: $(VENV)/.installed-docs
	@$(RUN) docs/generate.py --check

site: $(VENV)/.installed-docs
	@$(RUN) docs/build_site.py

bench: $(VENV)/.installed
	@$(RUN) benchmarks/bench.py

plans: $(VENV)/.installed-test
	@$(RUN) tests/make_plans.py fixtures examples/plan

new-rule: $(VENV)/.installed
	@$(RUN) docs/new_rule.py "$(ID)" "$(NAME)"

clean:
	rm -rf "$(VENV)" .mypy_cache .ruff_cache .pytest_cache .hypothesis

# The stamps are older than pyproject.toml when the dependencies may have changed.

$(VENV)/.made:
	@test -n "$(PYTHON)" || { \
		echo "sagemaker-netlint needs Python 3.10 to 3.13; python3 here is $$(python3 --version 2>&1)."; \
		echo "Install one of them, or say where it is: make $(MAKECMDGOALS) PYTHON=/path/to/python3.12"; \
		exit 1; }
	@"$(PYTHON)" -c '$(SUPPORTED)' || { \
		echo "sagemaker-netlint needs Python 3.10 to 3.13; $(PYTHON) is $$("$(PYTHON)" --version 2>&1)."; \
		exit 1; }
	@"$(PYTHON)" -m venv "$(VENV)"
	@echo "Setting up $(VENV); with the two hosts, Checkov and cfn-lint, this takes a minute or two."
	$(PIP) --upgrade "pip>=25.1" # the first that knows --group
	@touch "$@"

$(VENV)/.installed: pyproject.toml $(VENV)/.made
	$(PIP) --editable .
	@touch "$@"

$(VENV)/.installed-docs: pyproject.toml $(VENV)/.made
	$(PIP) --editable . --group docs
	@touch "$(VENV)/.installed" "$@"

$(VENV)/.installed-test: pyproject.toml $(VENV)/.made
	$(PIP) --editable . --group test
	@touch "$(VENV)/.installed" "$(VENV)/.installed-docs" "$@"

$(VENV)/.installed-dev: pyproject.toml $(VENV)/.made
	$(PIP) --editable . --group dev
	@touch "$(VENV)/.installed" "$(VENV)/.installed-docs" "$(VENV)/.installed-test" "$@"
