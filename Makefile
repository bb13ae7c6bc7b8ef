# The same commands by hand and in CI. install.sh makes the environment, and is quick where it is up to date.
PYTHON := .venv/bin/python

.PHONY: test check bench docs environment

test: check
	$(PYTHON) -m pytest -n 2 --dist loadgroup

check: environment
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/lint-imports
	.venv/bin/shellcheck install.sh configs/integration/install.sh plugin/bin/hive-ctx .ci/run

bench: environment
	set -e; for file in $(wildcard benchmarks/[!_]*.py); do $(PYTHON) $$file; done

docs: environment
	set -e; for file in $(wildcard scripts/docs_*.py); do $(PYTHON) $$file; done

environment:
	HIVE_EXTRAS=dev ./install.sh --no-audit
