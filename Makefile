# Trunkline's verbs. `make help` lists them; each sets up what it needs.
.DEFAULT_GOAL := help
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
TEST := $(BIN)/python -m pytest -n 2 --no-loadscope-reorder --max-worker-restart=0

help: ## List the verbs
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/  make \1\t\2/' | expand -t 18

setup: $(READY) ## Make .venv with everything in it

$(READY): requirements/dev.txt pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@test -x $(BIN)/uv || $(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	$(BIN)/uv pip sync --python $(BIN)/python --require-hashes requirements/dev.txt
	$(BIN)/uv pip install --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@touch $@

demo: $(READY) ## Answer a call and book an appointment, end to end
	$(BIN)/trunkline demo

test: $(READY) ## Run the tests, by two processes: calls take real time and leave the machine to the others
	$(TEST)

check: $(READY) ## What CI runs: format, lint, types, import contracts, generated documents, tests
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(TEST)

format: $(READY) ## Format the code and mend what lint can mend
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

docs: $(READY) ## Generate the schemas' JSON Schema and AsyncAPI documents
	$(BIN)/python -m schemas.documents docs/reference/schemas
	$(BIN)/python -m workflows.reference docs/reference/kit.md

chaos: $(READY) ## Kill the stack, part by part, under calls, and count the effects
	$(BIN)/trunkline chaos

bench: $(READY) ## Measure voice to voice, tool calls, turn-taking, and load beside a floor; takes half an hour
	$(BIN)/python -m benchmarks
	$(BIN)/python -m benchmarks.turns
	$(BIN)/python -m benchmarks.load

load: $(READY) ## Measure load beside the floor and the peers, onto the page; ten minutes for 50, 1 and 10 calls, an hour for all
	$(BIN)/python -m benchmarks.load --systems all --page docs/explanation/load-measured.md

soak: $(READY) ## Place 2,000 short calls, and see that memory does not grow; takes seven minutes
	$(BIN)/python -m benchmarks.soak

lock: ## Resolve the dependencies anew
	$(BIN)/uv pip compile --quiet --generate-hashes --no-emit-index-url --python-version 3.11 --extra dev pyproject.toml -o requirements/dev.txt

clean: ## Remove what make made
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

.PHONY: help setup demo test check format docs bench soak chaos lock clean
