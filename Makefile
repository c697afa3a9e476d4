# `make` or `make help` lists what there is.
SHELL := /bin/sh
.DEFAULT_GOAL := help
.PHONY: help run test test-fast guards tour lint format messages messages-check compile-messages docs \
        bench-benefits bench-orders bench-soak bench-lanes bench-pages clean reset

PY := .venv/bin/python
T ?= tests

help: ## this list
	@echo "The portal of a city's supplementary health insurance (Huiminbao)."
	@echo
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | awk -F'\t' '{printf "  make %-18s %s\n", $$1, $$2}'
	@echo
	@echo "With DATABASE_URL (and DATABASE_OWNER_URL) or REDIS_URL set, those servers are used instead of the embedded ones."

include setup.mk

run: setup ## everything up: database, broker, web, worker, beat, sandbox; Ctrl-C stops it (PORT=8000 HOST=127.0.0.1)
	@exec $(PY) -m launch.up

test: setup-test ## all tests, browser ones too; T=path for some, X="-k name" for more options
	@$(PY) -m scripts.run_tests $(T) $(X)

test-fast: setup-test ## all tests but those in a browser and the slow ones
	@$(PY) -m scripts.run_tests $(T) -m "not browser and not slow" $(X)

guards: setup-test ## for each new check, index, trigger, permission or switch find a test that is red without it
	@$(PY) -m scripts.guard_audit $(X)

tour: setup-test ## walk the whole path in a real browser against the running portal, saving a picture of every page
	@$(PY) -m scripts.tour

lint: setup-test compile-messages ## style, types, room borders, templates, migrations, translations
	@$(PY) -m scripts.lint

format: ## put code and imports in order
	@$(PY) -m ruff check --fix-only --quiet; $(PY) -m ruff format

messages: ## collect the texts to translate into the file of each room (X=other.po takes translations from there)
	@$(PY) -m scripts.messages collect $(X)

messages-check: ## fail on a text without a finished translation
	@$(PY) -m scripts.messages check

docs: setup-test ## write docs/lifecycles.md, docs/personal-data.md and docs/listeners.md
	@$(PY) -m scripts.lifecycle_docs
	@$(PY) -m scripts.personal_docs
	@$(PY) -m scripts.listener_docs

compile-messages:
	@$(PY) -m scripts.messages compile

bench-benefits: setup-simulation ## the rules on a million people
	@$(PY) -m bench.benefits

bench-orders: setup ## what an order of three people costs: CPU, statements, waits, against a floor of the same run
	@$(PY) -m bench.orders $(X)

bench-soak: setup ## many minutes of keep-alive clients with time-outs: nothing hangs, no connection is left behind
	@$(PY) -m bench.orders.soak $(X)

bench-lanes: setup ## how long a sign-in code takes behind a million queued prompts
	@$(PY) -m bench.lanes $(X)

bench-pages: setup ## every page over a million policies: statements, buffers, CPU, bytes, beside the gates (X="--only claim")
	@$(PY) -m bench.pages $(X)

clean: ## remove what tests and tools left (not the data, not .venv)
	@test ! -x $(PY) || $(PY) -m launch.keeper stop var/test
	@rm -rf var/test .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	@find . -name __pycache__ -not -path './.venv/*' -not -path './node_modules/*' -prune -exec rm -rf {} +

reset: ## start over: delete database, documents, sandbox and demo data of this checkout
	@test ! -x $(PY) || $(PY) -m launch.reset
