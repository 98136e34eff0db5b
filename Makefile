# The commands of a maintainer. Each target installs what it needs, and again only when that has changed.

.DEFAULT_GOAL := help

VENV := .venv
BIN := $(VENV)/bin
SLITHER_VENV := .venv-slither
SLITHER_VERSION := 0.11.6
WORKERS ?= 2
HALMOS_VENV := .venv-halmos
HALMOS_VERSION := 0.3.3
SOAK_STEPS ?= 100000

# The first Python on the PATH that is new enough and can make a virtual environment; `make setup PYTHON=…` names another.
PYTHON ?= $(shell for candidate in python3 python3.13 python3.12 python3.11 /usr/bin/python3; do \
	"$$candidate" -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	&& echo "$$candidate" && break; done)

# Real text sets beside the checkout, if there are any; without them, the tests that need them are skipped.
ifneq ($(wildcard ../shared/data),)
export DCAI_DATA_DIR ?= $(abspath ../shared/data)
endif

SOLIDITY := 'contracts/**/*.sol'
PRETTIER := node_modules/.bin/prettier --log-level warn
PRETTY := $(SOLIDITY) 'contracts/**/.solhint.json' 'scripts/*.js' package.json .solhint.json .prettierrc

.PHONY: help
help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "%-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: setup
setup: $(VENV)/.stamp ## make .venv with dcai and the development tools

.PHONY: node
node: node_modules/.stamp ## install the npm packages: compiler, anvil, Solidity libraries

.PHONY: demo
demo: setup ## run the demonstration: make demo [DATA=sms] [SAMPLES=500]
	$(if $(DATA),@$(BIN)/dcai data path $(DATA) >/dev/null 2>&1 || $(BIN)/dcai data get $(DATA))
	$(BIN)/dcai demo $(if $(DATA),--data $(DATA)) $(if $(SAMPLES),--samples $(SAMPLES))

.PHONY: test
test: setup node ## run all tests
	$(BIN)/pytest --numprocesses $(WORKERS) --dist loadfile --no-loadscope-reorder

.PHONY: compile
compile: setup node ## compile contracts/ into dcai/artifacts/
	$(BIN)/python scripts/compile.py

.PHONY: lint
lint: setup node $(SLITHER_VENV)/.stamp ## check style, types and contracts
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	node_modules/.bin/solhint --disc --noPoster --max-warnings 0 $(SOLIDITY)
	$(PRETTIER) --check $(PRETTY)
	$(BIN)/python scripts/compile.py --check
	$(SLITHER_VENV)/bin/python scripts/analyse.py

.PHONY: format
format: setup node ## format the sources
	$(BIN)/ruff check --fix-only --exit-zero
	$(BIN)/ruff format
	$(PRETTIER) --write $(PRETTY)

.PHONY: gas
gas: setup node ## measure gas; fail if a figure differs from gas.json
	$(BIN)/python -m scripts.studies.gas

.PHONY: gas-update
gas-update: setup node ## measure gas; rewrite gas.json and docs/gas.md
	$(BIN)/python -m scripts.studies.gas --update

.PHONY: accuracy
accuracy: setup node ## compare accuracy on real sets with scikit-learn (ten minutes)
	$(BIN)/python -m scripts.studies.accuracy

.PHONY: market
market: setup node ## run the talk's prediction market and others; rewrite docs/market.md (minutes)
	$(BIN)/python -m scripts.studies.market

.PHONY: bench
bench: setup node ## measure throughput, accuracy and simulations, each against a bare loop
	$(BIN)/python -m scripts.studies.bench

.PHONY: attacks
attacks: setup node ## simulate every attack with 20 seeds, an hour: make attacks [PART=markets]; rewrite docs/attacks.md
	$(BIN)/python -m scripts.studies.attacks $(if $(PART),--only $(PART))

.PHONY: pages
pages: setup ## write the pages of docs/ again from their templates and the committed figures
	$(BIN)/python -m scripts.studies

# forge from npm ends with 0 even where the build fails: what was built before would be proved then, so it is removed.
.PHONY: prove
prove: node $(HALMOS_VENV)/.stamp ## prove what holds for all values: make prove [PROOF=RecordProofs]
	@rm -rf .make/proofs
	PATH="$(CURDIR)/node_modules/.bin:$$PATH" $(HALMOS_VENV)/bin/halmos --forge-build-out .make/proofs --no-status \
		--loop 256 --solver-timeout-assertion 30m $(if $(PROOF),--contract $(PROOF))

.PHONY: soak
soak: setup node ## test random actions at all incentives for long: make soak [SOAK_STEPS=100000] [SEED=0]
	$(BIN)/python -m tests.stateful.soak --steps $(SOAK_STEPS) --workers $(WORKERS) --seed $(or $(SEED),0)

$(VENV)/.stamp: pyproject.toml
	@[ -n "$(PYTHON)" ] || { echo "Python 3.11 or newer with venv is needed: make setup PYTHON=/path/to/python3.11" >&2; exit 1; }
	"$(PYTHON)" -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@

node_modules/.stamp: package-lock.json
	npm ci --ignore-scripts --no-audit --no-fund --no-update-notifier --loglevel=error
	@touch $@

$(HALMOS_VENV)/.stamp: Makefile | $(VENV)/.stamp
	$(BIN)/python -m venv $(HALMOS_VENV)
	$(HALMOS_VENV)/bin/pip install --quiet --disable-pip-version-check halmos==$(HALMOS_VERSION)
	@touch $@

$(SLITHER_VENV)/.stamp: Makefile | $(VENV)/.stamp
	$(BIN)/python -m venv $(SLITHER_VENV)
	$(SLITHER_VENV)/bin/pip install --quiet --disable-pip-version-check slither-analyzer==$(SLITHER_VERSION)
	@touch $@
