#!/usr/bin/env bash
# Resolves the .txt files of requirements/ anew from pyproject.toml and the .in files.
# Run after set-up, on purpose: `bash scripts/lock.sh`, read the diff, run the tests, commit.
set -euo pipefail

root="$(dirname "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")")"
python="$root/.venv/bin/python"
cd "$root"
[[ -x .venv/bin/uv ]] || { echo "no uv in .venv: run 'bash scripts/setup.sh test' first" >&2; exit 1; }

rlvr=(pyproject.toml --extra train --extra test)

lock() { # lock NAME HEADER UV-ARGUMENTS...
    local name="$1" header="$2" settings resolved
    shift 2
    settings="$("$python" -m pip config list | "$python" scripts/uv_env.py "$name")"
    # Resolved from nothing (no output file is read), so that every pin moves to today's release.
    # No index, folder or path of this machine may stand in the result.
    resolved="$(eval "$settings" && .venv/bin/uv pip compile "requirements/$name.in" \
        --universal --python-version 3.11 \
        --no-header --no-emit-index-url --no-emit-find-links --annotation-style line --quiet "$@")"
    printf '# %s\n# Made by scripts/lock.sh; edit %s.in or pyproject.toml instead.\n%s\n' \
        "$header" "$name" "$resolved" >"requirements/$name.txt"
}

lock cpu "CPU: installed and tested with Python 3.11 on Linux x86_64, resolved for 3.11 to 3.13." \
    "${rlvr[@]}" --override requirements/overrides.txt
lock cuda "CUDA: resolved for Python 3.11 to 3.13, NOT yet run on a GPU by this project's tests." \
    "${rlvr[@]}"
lock trl "TRL on a CPU, to compare with: run with Python 3.11 on Linux x86_64, resolved for 3.11 to 3.13."
