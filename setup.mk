# How a checkout becomes runnable, and what its packages are pinned to. docs/fresh.md vouches for this file.
.PHONY: setup setup-simulation setup-test need-python pin sbom vendor audit fresh

# The first Python of this machine that is new enough; PYTHON=/path/to/python overrides.
PYTHON ?= $(shell for p in python3.11 python3.12 python3.13 python3.14 python3; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)

setup: need-python
	@$(PYTHON) scripts/bootstrap.py run

setup-simulation: need-python ## what simulations of plans need besides (Parquet, charts)
	@$(PYTHON) scripts/bootstrap.py simulation

setup-test: need-python
	@$(PYTHON) scripts/bootstrap.py test --browser

need-python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed (Debian: apt-get install python3 python3-venv)"; exit 1; }

pin: setup-test ## pin requirements*.in with hashes for Python 3.11 to 3.14 (X=--upgrade: to the newest fitting versions)
	@$(PY) -m scripts.pin $(X)

sbom: setup-test ## write the bill of materials (sbom.cdx.json) from the locks and vendor.json
	@$(PY) -m scripts.sbom

vendor: setup-test ## copy the front-end files of package-lock.json into the checkout (needs npm)
	@$(PY) -m scripts.vendor

audit: setup-test ## ask for known faults of what is pinned (needs a network)
	@$(PY) -m scripts.audit $(X)

fresh: need-python ## both commands on bare Debian 12 and 13, then docs/fresh.md (root; an hour; FRESH_TESTS=path for a part)
	@$(PYTHON) -m scripts.fresh
