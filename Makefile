# `make run` shows the product on a sample chain, `make test` runs every test; both set up what they need.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: run test check bench soak migration

run:
	@$(PYTHON) tools/bootstrap.py run
	@$(BIN)/goodstanding demo

test:
	@$(PYTHON) tools/bootstrap.py test
	@$(BIN)/pytest -n 2 --dist worksteal -m "not soak" $(ARGS)

check:
	@$(PYTHON) tools/bootstrap.py dev
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/deptry .

bench:
	@$(PYTHON) tools/bootstrap.py dev
	@$(BIN)/python -m bench

soak:
	@$(PYTHON) tools/bootstrap.py test
	@$(BIN)/pytest -m soak $(ARGS)

migration:
	@$(PYTHON) tools/bootstrap.py dev
	@$(BIN)/python -m tools.migration "$(m)"
