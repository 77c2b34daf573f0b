# The commands a person types. Each sets up what it needs first; that costs nothing when nothing is to do, and no network.
#
#   make demo [REAL=1] [ARGS="--seed 7"]        one resident's visit from end to end; results in build/demo
#   make kiosk                                  the same terminal in a window, to be worked by hand
#   make kiosk HEADLESS=1 SCRIPT=FILE           ... without a window, worked by a script
#   make speech [ARGS="ja en"]                  the spoken clips, into the user's cache or with --folder; some 40 s a language, once
#   make test                                   lint and the whole suite
#   make lint                                   ruff, mypy, import contracts
#   make screens                                docs/screens made anew, after words or layout have changed
#   make receiptio                              the foreign printer host of some tests into build/npm, if npm is here; `make test` does it
#   make soak                                   the tests that take minutes
#   make pcsc-lab [ARGS="--kind mynumber"]      a shell beside a pcscd of its own, with a simulated card in its reader
#   make bench-card                             a card through pcscd by our driver and by OpenSC's tools, in one run
#   make bench-network [ARGS="--postgresql URL"]  what a copy costs on the network, and beside a plain FastAPI service (docs/load.md)
#   make bench-screens [ARGS="--visits 50"]     how soon the glass answers, and what idling and visits cost
#   make bench-paper                            a certificate on the wire and on paper: bytes, seconds, stops, against python-escpos
#   make constraints                            the newest Python packages that fit; then run `make test` and commit the change
#   make install-files [DESTDIR=DIR]            units and rules to where systemd, udev and polkit look (systemd/README.md)
#   make clean                                  what runs left behind; the Python packages in .venv stay

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules

PYTHON ?= python3
BIN := .venv/bin

# Names as in Debian 12; where Debian 13 has renamed one, the new package provides the old name.
DEBIAN_PACKAGES := \
	python3-venv python3-dev gcc libpcsclite-dev \
	pcscd libccid vsmartcard-vpcd opensc \
	libegl1 libgl1 libgl1-mesa-dri libgles2 libmtdev1 libfribidi0 \
	fonts-noto-cjk fonts-noto-core fonts-noto-mono fonts-ipamj-mincho fonts-misaki \
	postgresql \
	iproute2 util-linux systemd udev openssl strace \
	xvfb xdotool weston xwayland tesseract-ocr tesseract-ocr-jpn \
	prometheus \
	libasound2-dev libsonic0 espeak-ng \
	chromium chromium-driver

.PHONY: help
help:
	@sed -n '1,/^$$/s/^# \{0,1\}//p' Makefile

# -- set-up -----------------------------------------------------------------------------------------------------------

.PHONY: setup packages
setup: packages .venv/.stamp

# Installed names and the names they provide, against the list above.
packages:
	@command -v dpkg-query >/dev/null || { \
		echo 'This needs Debian 12 or 13. Elsewhere install what DEBIAN_PACKAGES in the Makefile names, then: make DEBIAN_PACKAGES= ...' >&2; exit 1; }; \
	export LC_ALL=C; \
	there=$$(dpkg-query --show --showformat='$${db:Status-Status},$${Package},$${Provides}\n' \
		| sed -n 's/^installed,//p' | tr ',' '\n' | sed 's/(.*//; s/ //g' | sort -u); \
	missing=$$(printf '%s\n' $(DEBIAN_PACKAGES) | sort -u | { grep -vxF "$$there" || true; } | xargs); \
	test -n "$$missing" || exit 0; \
	install="apt-get install -y --no-install-recommends $$missing"; \
	if test "$$(id -u)" = 0; then as=(); \
	elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then as=(sudo); \
	else printf 'Debian packages are missing. Run this as root, then the same make again:\n\n    apt-get update && %s\n\n' "$$install" >&2; exit 1; fi; \
	echo "Installing Debian packages: $$missing"; \
	"$${as[@]}" apt-get update -q; \
	"$${as[@]}" env DEBIAN_FRONTEND=noninteractive $$install

.venv/.stamp: pyproject.toml constraints.txt | packages
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "Python 3.11 or newer is needed; $(PYTHON) is $$($(PYTHON) --version 2>&1). Name another: make PYTHON=python3.12 ..." >&2; exit 1; }
	@echo 'Installing Python packages into .venv (a minute or two, once)'
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $@

.PHONY: constraints
constraints: packages
	rm -rf build/constraints
	$(PYTHON) -m venv build/constraints
	build/constraints/bin/python -m pip install --quiet --disable-pip-version-check --upgrade -e '.[dev,bench]'
	{ echo '# Every package the project was last tested with; pip reads it with -c. Changed by `make constraints`.'; \
	  build/constraints/bin/python -m pip freeze --exclude-editable; } >build/constraints.txt
	mv build/constraints.txt constraints.txt
	rm -rf build/constraints

# -- running ----------------------------------------------------------------------------------------------------------

is_set = $(filter-out 0 no,$(1))

.PHONY: demo kiosk
demo: setup
ifneq ($(call is_set,$(REAL)),)
	@$(BIN)/python -m hardware.simulated pcsc-lab -- $(BIN)/python -m kiosk demo --real --out build/demo $(ARGS)
else
	@$(BIN)/python -m kiosk demo --out build/demo $(ARGS)
endif

kiosk: setup
ifneq ($(call is_set,$(HEADLESS)),)
	@test -n '$(SCRIPT)' || { echo 'HEADLESS=1 needs SCRIPT=FILE, the steps of the resident.' >&2; exit 1; }
	@$(BIN)/python -m kiosk run --headless --script '$(SCRIPT)' $(ARGS)
else
	@$(BIN)/python -m kiosk run $(ARGS)
endif

.PHONY: speech
speech: setup
	@$(BIN)/python -m kiosk.speech.build $(ARGS)

.PHONY: pcsc-lab
pcsc-lab: setup
	@$(BIN)/python -m hardware.simulated pcsc-lab $(ARGS) -- $${SHELL:-bash}

# -- judging ----------------------------------------------------------------------------------------------------------

.PHONY: lint suite test
lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# Both at a time: mypy keeps one core busy for a while, the first tests mostly wait.
test: setup
	@$(MAKE) --no-print-directory -j 2 lint suite

# Databases of tests need no disk: on some machines half of their time is spent waiting for it. Where 3 GB of memory are free for files, and
# files there may be run.
ifneq ($(shell test "$$(df --output=avail -k /dev/shm 2>/dev/null | tail -1)" -gt 3000000 && \
	! findmnt -no OPTIONS /dev/shm 2>/dev/null | grep -qw noexec && echo so),)
suite: export TMPDIR := /dev/shm
endif

# Three at a time, even on two cores: tests of flows wait for devices and lines a good part of their time. A file is never torn apart (Kivy
# has one window a process), in this order: the long ones are not last.
suite: setup receiptio
	$(BIN)/pytest -n 3 --dist loadfile --no-loadscope-reorder $(ARGS)

# A host for receipt printers that nobody here wrote, as a judge of the simulated printer. Its tests are skipped where it is not.
RECEIPTIO := tests/hardware/printer/receiptio

.PHONY: receiptio
receiptio:
	@command -v npm >/dev/null || { echo 'npm is not installed: the tests with receiptio will be skipped.'; exit 0; }; \
	cmp -s $(RECEIPTIO)/package-lock.json build/npm/package-lock.json && test -d build/npm/node_modules && exit 0; \
	rm -rf build/npm; mkdir -p build/npm; cp $(RECEIPTIO)/*.json build/npm; \
	npm ci --prefix build/npm --ignore-scripts --no-audit --no-fund --loglevel error \
		|| { rm -rf build/npm; echo 'npm could not install receiptio: its tests will be skipped.'; }

# The pictures in docs/screens, made anew.
.PHONY: screens
screens: setup
	MAKE_SCREENS=1 $(BIN)/pytest -q -n 0 tests/kiosk/screens/test_reference.py

.PHONY: soak
soak: setup
	$(BIN)/pytest -m soak --timeout 3600 $(ARGS)

# -- measuring --------------------------------------------------------------------------------------------------------

.PHONY: bench-paper bench-screens bench-card bench-network
bench-paper: setup
	@$(BIN)/python tests/bench/paper.py

bench-screens: setup
	@$(BIN)/python tests/bench/screens.py $(ARGS)

bench-card: setup
	@$(BIN)/python -m hardware.simulated pcsc-lab -- $(BIN)/python tests/bench/card.py

bench-network: setup
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[bench]'
	@$(BIN)/jukinet bench $(ARGS)
	@$(BIN)/python tests/bench/network.py

# -- installing and cleaning --------------------------------------------------------------------------------------------

ETC := $(DESTDIR)/etc

.PHONY: install-files
install-files:
	install -D -m 644 -t $(ETC)/systemd/system systemd/*.service systemd/*.timer
	install -D -m 644 -t $(ETC)/udev/rules.d systemd/60-kiosk.rules
	install -D -m 644 -t $(ETC)/polkit-1/rules.d systemd/50-kiosk-pcsc.rules
	for name in kiosk jukinet; do \
		install -D -m 644 systemd/$$name.sysusers $(ETC)/sysusers.d/$$name.conf; \
		install -D -m 644 systemd/$$name.tmpfiles $(ETC)/tmpfiles.d/$$name.conf; \
	done

.PHONY: clean
clean:
	rm -rf build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name .venv -prune -o -name __pycache__ -type d -prune -exec rm -rf {} +
