#!/usr/bin/env bash
# Sets up what is missing, then runs every check: linter, formatter, types, tests.
# Arguments go to pytest:  bash scripts/test.sh -k loss   (-n 0: in one process)
set -euo pipefail

root="$(dirname "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")")"
bash "$root/scripts/setup.sh" test
cd "$root"
python="$root/.venv/bin/python"
export HF_HUB_OFFLINE=1 # the tests make their own models and data sets

failed=()
check() { # check NAME COMMAND...
    echo "[test] $1"
    "${@:2}" || failed+=("$1")
}

# The libraries' first import compiles them, for half a minute: beside the checks, and not in each of
# the tests' processes at once. What is wrong with them is for the tests to say.
"$python" -c "import tests.warm" &>/dev/null &

check "ruff check" "$python" -m ruff check .
check "ruff format" "$python" -m ruff format --check .
check "mypy" "$python" -m mypy
((${#failed[@]} == 0)) || printf '[test] FAILED: %s (see above)\n' "${failed[@]}"

wait
# pytest is last, and so is its closing line: that is what CI reads.
status=0
# Files are spread over three processes, since some tests wait; in their order, which has the long
# ones in the middle, so that no process is left with one at the end.
"$python" -m pytest -n 3 --dist loadfile --no-loadscope-reorder "$@" || status=$?
((${#failed[@]} == 0)) || exit 1
exit "$status"
