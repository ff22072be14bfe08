# Every target does its own set-up.  `make help` lists them.
.DEFAULT_GOAL := help
.PHONY: up test check bench lock clean help

# Folder of real files, for example: make up DATA=../shared/data
DATA ?=
# Further words for pytest, for example: make test TESTS=tests/geo
TESTS ?=
# One more than there are processors: a test waits for servers and databases for a third of its time
WORKERS ?= $(shell expr $$(getconf _NPROCESSORS_ONLN) + 1)
BENCH ?=

up: ## Start everything and serve the sample city, or the files of DATA=folder; Ctrl-C stops it
	@services/bootstrap.sh
	@exec .venv/bin/ngis up $(if $(DATA),--data "$(DATA)")

test: ## Run all tests, against a real PostGIS
	@services/bootstrap.sh --dev
	.venv/bin/pytest -q -n $(WORKERS) --dist loadscope --no-loadscope-reorder $(TESTS)

check: ## Lint, format, types, import directions
	@services/bootstrap.sh --dev
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/lint-imports
	npm run --silent --if-present check

bench: ## Measure and print a table; BENCH=name for one of them
	@services/bootstrap.sh --dev
	.venv/bin/python -m tests.benchmarks $(BENCH)

lock: ## Renew requirements/*.txt (pinned, hashed) and package-lock.json
	@services/bootstrap.sh --lock

clean: ## Remove what was installed and cached; the database under var/ stays (ngis db remove)
	rm -rf .venv node_modules var/tools var/suites var/peers var/routing-peers var/planning-peers var/web-peers .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -not -path './var/*' -prune -exec rm -rf {} +

help: ## Show this
	@sed -n 's/^\([a-z]*\): *## */  make \1	/p' $(MAKEFILE_LIST)
