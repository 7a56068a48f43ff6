#!/usr/bin/env bash
# Sets up what is missing, then runs the main job. Arguments go through to it:
#
#   bash scripts/train.sh --seed 2 grpo.steps=40
#
# Without --preset or --config it is the tiny preset. runs/ is made in the working directory.
set -euo pipefail

root="$(dirname "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")")"
bash "$root/scripts/setup.sh" train
# shellcheck source=scripts/cpu_env.sh
source "$root/scripts/cpu_env.sh"
job=("$root/.venv/bin/rlvr" train)
case " $* " in
    *" --preset "* | *" --preset="* | *" --config "* | *" --config="*) ;;
    *) job+=(--preset tiny) ;;
esac
exec "${job[@]}" "$@"
