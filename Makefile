# PhoneSeal. `make demo` shows the main job, `make test` proves it. Everything else is below.
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
PORT ?= 8443
export PYTHONUTF8 := 1
export PORT FILES OUT

.PHONY: demo test check bench trial soak serve phone setup setup-dev clean

setup: $(VENV)/.runtime
	@$(PY) -m server.assets.set_up_assets

$(VENV)/.runtime: requirements.txt
	@test -x $(PY) || $(PYTHON) -m venv $(VENV)
	@echo "installing what the server needs…"
	@$(PY) -m pip install --quiet --disable-pip-version-check --no-deps -r requirements.txt
	@touch $@

setup-dev: setup $(VENV)/.dev

$(VENV)/.dev: tests/requirements.txt requirements.txt mobile_app/requirements.txt
	@echo "installing what the tests need…"
	@$(PY) -m pip install --quiet --disable-pip-version-check -r requirements.txt -r tests/requirements.txt
	@touch $@

demo: setup
	@exec $(PY) -m server.demo  # reads FILES, OUT and PORT from the environment, where make has put them unharmed

serve: setup
	@exec $(PY) -m server serve $(if $(CONFIG),--config $(CONFIG)) $(ARGS)

phone: setup $(VENV)/.phone
	@exec $(PY) -m mobile_app.main --server "$(or $(SERVER),http://127.0.0.1:$(PORT))" $(if $(PROFILE),--profile "$(PROFILE)") $(ARGS)

$(VENV)/.phone: mobile_app/requirements.txt requirements.txt
	@echo "installing what the phone's window needs…"
	@$(PY) -m pip install --quiet --disable-pip-version-check --no-deps -r mobile_app/requirements.txt
	@touch $@

test: setup-dev
	@$(PY) -m tests.system_packages
	@$(PY) -m tests.agreement.set_up
	@$(PY) -m tests.pdf_corpus.conformance.set_up
	@$(PY) -m tests.run $(ARGS)

trial: setup-dev
	@$(PY) -m tests.system_packages
	@$(PY) -m tests.agreement.set_up
	@$(PY) -m tests.trial $(ARGS)

check: setup-dev
	$(VENV)/bin/ruff check server mobile_app tests
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports

bench: setup-dev
	@$(PY) -m tests.bench $(ARGS)

soak: setup-dev
	@$(PY) -m tests.soak --rounds $(or $(ROUNDS),200) --minutes $(or $(MINUTES),60) $(ARGS)

clean:
	rm -rf $(VENV) web_client/node_modules tests/agreement/node_modules web_client/static/vendor server/assets/fonts mobile_app/assets/fonts
