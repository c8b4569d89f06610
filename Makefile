# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
#
# On a machine without ROS: every target sets up what it needs first (again only what changed).
# On a machine with ROS 2 Jazzy the tree builds with plain `colcon build` instead.
#
#   make demo   [ARGS='--seed 1']     the whole story, ends with a JSON line
#   make test                         every test
#   make test-examples                the package of examples/extend, installed and told
#   make test-faults                  every fault test, with thousands of damaged inputs per edge
#   make soak   [ARGS='--count 12']   goals and learning runs for hours: does any node grow?
#   make bench                        the benchmarks
#   make lint                         ruff, mypy, who may import whom, constants that explain nothing
#   make clean                        removes what was made here, except the folder runs/
#
# PYTHON=/path/to/python3.12 chooses the interpreter (kept once chosen).
# TORCH=default takes the build of torch that pip gives, CUDA or not (kept once chosen).

.DEFAULT_GOAL := demo
.PHONY: demo test test-cores test-ros test-examples test-faults test-numpy1 soak bench lint setup clean

# Nothing of another ROS installation or environment may leak in, and nothing leaves this machine.
unexport AMENT_PREFIX_PATH CMAKE_PREFIX_PATH COLCON_PREFIX_PATH LD_LIBRARY_PATH PYTHONHOME \
  PYTHONPATH _ROS_WHEELS_BOOTSTRAP_COMPLETE
# Every node is a process: without bytecode each would compile torch's sources anew.
unexport PYTHONDONTWRITEBYTECODE
export ROS_AUTOMATIC_DISCOVERY_RANGE := LOCALHOST
# Models and runs of this checkout, not those of installed packages.
export F2P_HOME := $(CURDIR)
ifdef PYTHON
export PYTHON
endif

python := .venv/bin/python3
cores := $(wildcard src/*/test)
annotated_tests := $(patsubst %,src/f2p_%/test,core effects eval learning perception planner replay sim svi tasks viz) \
  examples/extend/test test/faults
torch_option := $(if $(TORCH),--torch $(TORCH))

demo: setup
	@.venv/bin/f2p demo $(ARGS)

test: test-cores test-ros

# The cores, with rclpy and the messages not importable.
test-cores: setup
	$(python) -m pytest --without-ros $(cores)

# The nodes, and everything that crosses packages.
test-ros: setup
	$(python) -m pytest $(wildcard src/*/test/test_ros_*.py) test

# A user's package: installed into an environment of its own, from its definitions to the report.
test-examples: setup
	$(python) -m pytest examples/extend

# Killed servers, damaged files, full disks. A short form of it is part of `make test`.
test-faults: setup
	$(python) -m pytest --long test/faults

# The cores again under numpy 1.26, as on a machine with ROS packages from apt.
test-numpy1: setup build/numpy1/installed
	PYTHONPATH=build/numpy1 $(python) -m pytest --without-ros $(cores)

build/numpy1/installed: requirements/numpy1.txt
	@rm -rf build/numpy1
	@$(python) -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes \
	  --target build/numpy1 -r requirements/numpy1.txt
	@touch $@

# As a nightly job: 50 goals and 50 learning runs, memory of each node after the 10th and the last.
soak: setup
	@$(python) -m f2p_bringup.ros.soak $(ARGS)

bench: torch_option += --bench
bench: setup
	@.venv/bin/f2p bench $(ARGS)

lint: setup
	.venv/bin/ruff check .
	.venv/bin/mypy tools $(wildcard src/*/f2p_*) examples/extend/f2p_bridge
	@# Helpers beside tests are imported by their bare names, so each folder is checked by itself;
	@# the small effect model beside those of f2p_effects serves others too.
	for tests in $(annotated_tests); do MYPYPATH=$$tests:src/f2p_effects/test .venv/bin/mypy $$tests || exit 1; done
	$(python) tools/rooms.py --quiet
	$(python) tools/constants.py

setup:
	@command -v python3 > /dev/null || { \
	  echo 'Python 3 is missing: `sudo apt install python3 python3-venv python3-dev`.' >&2; exit 1; }
	@python3 tools/set_up.py $(torch_option)

clean:
	rm -rf .venv build install log
	find . -name __pycache__ -prune -exec rm -rf {} +
	rm -rf .pytest_cache .mypy_cache .ruff_cache .hypothesis
