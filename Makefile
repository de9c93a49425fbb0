# Every target is one verb of govplatform/runtime, which needs nothing but Python; `make help` lists them.
PYTHON ?= python3
RUNTIME := $(PYTHON) -m govplatform.runtime
# Only from the command line: some shells put HOST, some platforms PORT into the environment.
given = $(if $(filter command line,$(origin $(1))),$($(1)))

.PHONY: help run stop test check check-long bench demo-reset backup restore screenshots messages vendor lock
.DEFAULT_GOAL := help

help: ## this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

run: ## everything up, in the foreground; PORT= HOST= YES=1
	@$(RUNTIME) run --host "$(or $(call given,HOST),127.0.0.1)" --port "$(PORT)"

stop: ## end the run of this checkout and its servers
	@$(RUNTIME) stop

test: ## all tests but the wide and the long ones; ARGS= goes to pytest
	@$(RUNTIME) test $(ARGS)

check: ## format, lint, types, contracts, migrations, translations, vendored files, then all tests but the long ones
	@$(RUNTIME) check $(ARGS)

check-long: ## the long sizes of the fault tests
	@$(RUNTIME) check-long $(ARGS)

bench: ## the figures of docs/performance.md; ARGS= goes to bench/run.py
	@$(RUNTIME) bench $(ARGS)

demo-reset: ## throw the demo's data away and load it again
	@$(RUNTIME) demo-reset

backup: ## database, files and keys into one file below var/backup
	@$(RUNTIME) backup

restore: ## put a backup back; FILE=
	@$(RUNTIME) restore "$(FILE)"

screenshots: ## the pictures of the documentation
	@$(RUNTIME) screenshots $(ARGS)

messages: ## collect and compile the interface texts
	@$(RUNTIME) messages

vendor: ## fetch the browser libraries of package.json into static/vendor
	@$(RUNTIME) vendor

lock: ## resolve requirements*.in anew into the hash-locked files
	@$(RUNTIME) lock
