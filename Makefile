# `make check` runs all that .ci/run runs, in the virtual environment that is there; VENV names another.
VENV ?= .venv
BIN := $(VENV)/bin
WORKERS ?= 2

.PHONY: check install format lint types imports test coverage clean

check: lint types imports coverage

install:
	python3 -m venv $(VENV)
	$(BIN)/pip install -e '.[test]'

format:  ## rewrites files
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

lint:
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types:
	$(BIN)/mypy

imports:
	$(BIN)/lint-imports

test:
	$(BIN)/pytest

coverage:
	$(BIN)/pytest -n $(WORKERS) --cov --cov-report=term

clean:
	rm -rf build dist htmlcov target .coverage .coverage.* .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
