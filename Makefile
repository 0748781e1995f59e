# Two commands on a fresh machine: `make demo` and `make test`. Both need Python 3.11 or newer and a C compiler.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
C_SOURCES := $(wildcard firmware/*/*.c firmware/*/*.h firmware/port/*/*.c firmware/port/*/*.h)
FRAMEWORK_C := $(wildcard firmware/port/esp32/main/*.[ch] firmware/port/esp32/components/*/*.[ch]) # needs the headers of ESP-IDF
EMULATOR_C := $(wildcard firmware/port/atmega328p/bench/*.[ch] tests/firmware/avr/programs/*.c)
HAND_WRITTEN_C := $(filter-out firmware/gen/%,$(C_SOURCES)) $(FRAMEWORK_C) $(EMULATOR_C)
FOREIGN_C := firmware/port/atmega328p/% # needs the headers of another processor

.PHONY: help demo test check lint bench bench-control generate screenshots format firmware firmware-bench clean

help:
	@echo "make demo         watch a simulated house charge a car (terminal app; the API on loopback)"
	@echo "make test         run every test"
	@echo "make check        what a contribution must pass: format, lint, types, import contracts, generated files, tests"
	@echo "make bench        benchmarks, as tables with this machine's baseline"
	@echo "make bench-control  judges the controller on a simulated plant; ARGS='--data DIR' for real days"
	@echo "make generate     regenerate what is derived: the wire's code, and docs/openapi.json"
	@echo "make screenshots  regenerate screenshots/"
	@echo "make format       format Python and C"
	@echo "make firmware     the ATmega328P image and its budgets; needs avr-gcc and avr-libc"
	@echo "make firmware-bench  runs that image in an emulator and prints what it measured; needs libsimavr-dev and libelf-dev"

# One environment, two stamps: the demo does not wait for the developers' tools.
$(VENV)/.product: pyproject.toml constraints.txt
	@echo "building $(VENV), once; this takes about a minute"
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e .
	@touch $@

$(VENV)/.tools: $(VENV)/.product
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $@

demo: $(VENV)/.product
	@$(BIN)/evse-tui demo $(ARGS)

test: $(VENV)/.tools
	$(BIN)/python -m pytest $(ARGS)

bench: $(VENV)/.tools
	$(BIN)/python -m benchmarks $(ARGS)

bench-control: $(VENV)/.tools
	$(BIN)/python -m benchmarks.control $(ARGS)

generate: $(VENV)/.product
	$(BIN)/python -m evse_protocol.codegen
	$(BIN)/python -m evse_tui.api.describe
	$(BIN)/python firmware/port/esp32/generate_glyphs.py

screenshots: $(VENV)/.tools
	$(BIN)/python screenshots/make.py
	$(BIN)/python screenshots/page.py

format: $(VENV)/.tools
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
	$(BIN)/clang-format -i $(HAND_WRITTEN_C)

firmware:
	@$(MAKE) --no-print-directory -C firmware/port/atmega328p

firmware-bench: $(VENV)/.tools
	$(BIN)/python -m pytest tests/firmware/avr $(ARGS)

check: lint test

lint: $(VENV)/.tools
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/clang-format --dry-run -Werror $(HAND_WRITTEN_C)
	$(CC) -std=c11 -Wall -Wextra -Wconversion -Wshadow -Werror -fsyntax-only \
		$(addprefix -Ifirmware/,core gen link port port/sim) $(filter-out $(FOREIGN_C),$(filter %.c,$(C_SOURCES)))
	$(BIN)/python -m evse_protocol.codegen --check
	$(BIN)/python -m evse_tui.api.describe --check
	$(BIN)/python firmware/port/esp32/generate_glyphs.py --check
	$(BIN)/python screenshots/make.py --check

clean:
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
