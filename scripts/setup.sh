#!/usr/bin/env bash
# Makes .venv in the checkout and installs what this machine needs; what is in place is skipped.
#
#   bash scripts/setup.sh [train|test]
#
#   PYTHON=python3.12           the Python to use, instead of the first one on PATH that will do
#   RLVR_ACCELERATOR=cpu|cuda   instead of looking for an NVIDIA GPU
#   TORCH_CPU_INDEX=URL         where to look for torch's CPU build when pip's own settings have none
#   RLVR_CHROMIUM=PATH          a browser for the tests of the report, instead of one on PATH
#   RLVR_SETUP_DRY_RUN=1        print the commands and run none
#
# .venv/rlvr-setup says what is in .venv: "unfinished", or a hash of all that decides it, the
# extra and the accelerator. A set-up that was cut short is made anew, because a package may be there by half.
set -euo pipefail

root="$(dirname "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")")"
venv="$root/.venv"
state="$venv/rlvr-setup"
accepted_pythons="3.11, 3.12 or 3.13"
dry_run="${RLVR_SETUP_DRY_RUN:-}"
step="looking at this machine"

say() { printf '[setup] %s\n' "$*" >&2; }

fail() { # fail WHAT ADVICE...
    say "FAILED while $step: $1"
    shift
    printf '        %s\n' "$@" >&2
    exit 1
}

show() { printf '+%s\n' "$(printf ' %q' "$@")"; }

run() { # run STEP ADVICE COMMAND...: one step of the set-up
    step="$1"
    local advice="$2" code=0
    shift 2
    if [[ -n $dry_run ]]; then
        show "$@"
        return
    fi
    say "$step ..."
    "$@" || code=$?
    ((code == 0)) || fail "exit status $code, see above" "$advice" "$(free_space)"
}

free_space() { printf '%s has %s GB free.' "$root" "$(($(free_kb) / 1000000))"; }
free_kb() { df -Pk "$root" | awk 'NR == 2 { print $4 }'; }

python_version() { "$1" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null; }
is_accepted() { [[ $1 =~ ^3\.1[123]$ ]]; }

check_machine() {
    [[ "$(uname -s) $(uname -m)" == "Linux x86_64" ]] || fail \
        "this is $(uname -s) on $(uname -m); the pinned vLLM is for Linux on x86_64" \
        "By hand: python3 -m venv .venv && .venv/bin/pip install -e '.[train]'," \
        "then .venv/bin/rlvr train --preset tiny rollout.engine=transformers"
}

find_accelerator() {
    local wanted="${RLVR_ACCELERATOR:-}"
    case "$wanted" in
        cpu | cuda) printf '%s' "$wanted" ;;
        "")
            if compgen -G '/dev/nvidia[0-9]*' >/dev/null \
                || { command -v nvidia-smi >/dev/null && nvidia-smi -L 2>/dev/null | grep -q GPU; }; then
                printf cuda
            else
                printf cpu
            fi
            ;;
        *) fail "RLVR_ACCELERATOR is '$wanted'" "Accepted: cpu or cuda (unset: look for a GPU)." ;;
    esac
}

is_ours() { [[ -f $state ]]; }
is_whole() { # finished, for this accelerator and place, and its Python still there
    is_ours && [[ $(<"$state") == *" $accelerator" && -x $venv/bin/python ]] \
        && grep -qsF "$venv" "$venv/pyvenv.cfg"
}

# Sets python (absolute) and version: $PYTHON, else that of a whole .venv, else the first on PATH.
choose_python() {
    local candidates=(python3 python3.12 python3.11 python3.13) candidate found=""
    if [[ -n ${PYTHON:-} ]]; then
        candidates=("$PYTHON")
    elif is_whole; then
        candidates=("$venv/bin/python" "${candidates[@]}")
    fi
    for candidate in "${candidates[@]}"; do
        version="$(python_version "$candidate")" || continue
        if is_accepted "$version"; then
            python="$(readlink -f "$(dirname "$(command -v "$candidate")")")/$(basename "$candidate")"
            return
        fi
        found+=" $candidate is $version;"
    done
    fail "no Python $accepted_pythons found:${found:- ${candidates[*]} cannot be run;}" \
        "Accepted: $accepted_pythons. Choose one with PYTHON, for example" \
        "PYTHON=/usr/bin/python3.12 bash scripts/train.sh"
}

# A hash of all that decides what is in .venv.
fingerprint() {
    {
        printf '%s\n' "$root" "$accelerator" "$version"
        cat "$root/pyproject.toml" "$root/scripts/setup.sh" "$root"/requirements/*
    } | sha256sum | cut -d ' ' -f 1
}

is_ready() { is_whole && [[ $(<"$state") == "$key "@("$extra"|test)" $accelerator" ]]; }

take_lock() {
    command -v flock >/dev/null || return 0
    exec 9<"$root/scripts/setup.sh"
    flock --nonblock 9 && return
    say "another set-up of this checkout is running; waiting for it ..."
    flock 9
}

make_venv() {
    step="making .venv"
    if [[ -e $venv ]] && ! is_ours; then
        fail "$venv is there already and was not made by this script" "Move it away, then run again."
    fi
    # CPU and CUDA vLLM are two distributions of one module: one cannot go on top of the other.
    is_whole && [[ "$(python_version "$venv/bin/python")" == "$version" ]] && return
    "$python" -c 'import ensurepip, venv' 2>/dev/null || fail "$python has no venv module" \
        "Install it (on Debian and Ubuntu the package python$version-venv), or choose another" \
        "Python ($accepted_pythons) with PYTHON=/path/to/python."
    local needed=6
    [[ $accelerator == cpu ]] || needed=16
    (($(free_kb) > needed * 1000000)) || fail "too little disk space" \
        "About $needed GB are needed. $(free_space)"
    if [[ -z $dry_run ]]; then
        rm -rf "$venv"
        mkdir "$venv"
        echo unfinished >"$state"
    fi
    run "making .venv with Python $version" "Choose another Python with PYTHON=/path/to/python." \
        "$python" -m venv "$venv"
}

install_torch_for_cpu() {
    local torch advice
    torch="$(grep '^torch==' requirements/cpu.in)"
    advice="No $torch for Python $version: neither where pip is told to look (find-links, indexes) nor at
        $torch_index
        Name a folder or page that has it with PIP_FIND_LINKS=..., an index with TORCH_CPU_INDEX=...,
        or choose another Python ($accepted_pythons) with PYTHON=..."
    if [[ -n $dry_run ]]; then
        show "${uv_install[@]}" --no-deps "$torch"
    else
        step="installing $torch"
        say "$step ..."
        "${uv_install[@]}" --no-deps "$torch" 2>/dev/null && return
    fi
    run "installing $torch from PyTorch's own index" "$advice" \
        "${uv_install[@]}" --no-deps --default-index "$torch_index" "$torch"
}

uv_reads_pip_settings() {
    local settings exports
    step="reading pip's settings"
    settings="$("$venv/bin/python" -m pip config list)"
    exports="$("$venv/bin/python" scripts/uv_env.py "$accelerator" <<<"$settings")"
    eval "$exports"
}

install() {
    local network="Is the package index reachable? For a mirror: PIP_INDEX_URL=..., for a proxy: HTTPS_PROXY=..."
    [[ -n $dry_run ]] || echo unfinished >"$state"
    # A user's own PIP_USER would make pip refuse to work in a virtual environment.
    run "installing uv" "$network" \
        env PIP_USER=0 "$venv/bin/python" -m pip install -qq -r requirements/uv.txt
    [[ -n $dry_run ]] || uv_reads_pip_settings
    local lock="requirements/$accelerator.txt" overrides=()
    # The first start is as fast as the second; and where Python may not write what it compiled
    # (PYTHONDONTWRITEBYTECODE), each start of vLLM would take twice as long.
    export UV_COMPILE_BYTECODE=1
    if [[ $accelerator == cpu ]]; then
        install_torch_for_cpu
        overrides=(--override requirements/overrides.txt)
    fi
    run "installing the packages of requirements/$accelerator.txt" "$network" \
        "${uv_install[@]}" --constraints "$lock" --build-constraints "$lock" "${overrides[@]}" \
        --requirements "requirements/$accelerator.in" --editable ".[${extra/test/train,test}]"
    run "checking what was installed" "Run again with a fresh environment: rm -rf $venv" \
        "$venv/bin/python" -c "import rlvr, torch, transformers, verifiers, vllm"
    [[ -n $dry_run ]] || echo "$key $extra $accelerator" >"$state"
}

# The browser tests want a Chromium; without one they are skipped, so this never fails.
find_or_install_chromium() {
    [[ $extra == test && -z ${RLVR_CHROMIUM:-} ]] || return 0
    local name
    for name in chromium chromium-browser google-chrome google-chrome-stable; do
        command -v "$name" >/dev/null && return
    done
    local advice="Install the package chromium, or name one with RLVR_CHROMIUM=/path/to/chromium."
    if ((EUID != 0)) || ! command -v apt-get >/dev/null; then
        say "no Chromium found: the tests of the report's pages will be skipped. $advice"
        return
    fi
    if [[ -n $dry_run ]]; then
        show apt-get install -y chromium
        return
    fi
    say "installing chromium for the tests of the report's pages ..."
    { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
        chromium; } >/dev/null 2>&1 \
        || say "apt-get could not install chromium: those tests will be skipped. $advice"
}

extra="${1:-train}"
[[ $extra == train || $extra == test ]] || fail "unknown extra '$extra'" "Accepted: train or test."
check_machine
accelerator="$(find_accelerator)"
choose_python
key="$(fingerprint)"
is_ready && exit 0

trap 'say "interrupted while $step; run the same command again (downloads are kept)"; exit 130' INT TERM
step="waiting for another set-up"
take_lock
is_ready && exit 0
say "one-time set-up in $venv: Python $version, $accelerator"
cd "$root"
torch_index="${TORCH_CPU_INDEX:-https://download.pytorch.org/whl/cpu}"
uv_install=("$venv/bin/uv" pip install --python "$venv/bin/python")
[[ -t 2 ]] || uv_install+=(--quiet)
make_venv
find_or_install_chromium
install
say "ready"
