"""Diagnoses of what the completions earn."""

from __future__ import annotations

from rlvr.diagnose.finding import Finding
from rlvr.diagnose.history import History

MOST = 0.9  # a share that is nearly all
HALF = 0.5
UNREADABLE = ("no_answer", "several_answers", "unparsable_answer", "over_budget_answer")
UNDECIDED = 0.01
FORGOTTEN = 0.15  # of a family's accuracy


def rewards_are_equal(history: History) -> Finding | None:
    """Nine groups in ten have no two different rewards: nothing says what is better."""
    share = history.last("frac_reward_zero_std")
    if share is None or share < MOST:
        return None
    right = history.last("verdict/correct_rate") or 0.0
    size = history.config["grpo"]["group_size"]
    if right >= MOST:
        problem = "The problems are solved: in nearly all groups every completion is right."
        advice = "Take harder problems, or stop here."
    elif right <= 1 - MOST:
        problem = "In nearly all groups every completion is wrong, so nothing is reinforced."
        advice = (
            f"Begin with easier problems or a longer supervised stage, or draw more than {size} "
            "completions a problem (grpo.group_size)."
        )
    else:
        problem = "In nearly all groups all completions earn the same."
        advice = "Look at the weights under [reward], and raise rollout.temperature if it is low."
    evidence = f"{share:.0%} of the last groups have equal rewards; {right:.0%} are right."
    return Finding(name="rewards_equal", problem=problem, evidence=evidence, advice=advice)


def completions_are_cut_off(history: History) -> Finding | None:
    """Half of the completions end at the limit."""
    share = history.last("completions/clipped_ratio")
    if share is None or share < HALF:
        return None
    limit = history.config["rollout"]["max_new_tokens"]
    return Finding(
        name="truncated",
        problem="Most completions are cut off before their answer.",
        evidence=f"{share:.0%} of the last completions were {limit} tokens long, the limit.",
        advice=f"Raise rollout.max_new_tokens ({limit}), or teach the model to end: a prompt "
        "that asks for short answers, a supervised stage, reward.truncated = 'penalise'.",
    )


def nothing_can_be_read(history: History) -> Finding | None:
    """Half of the answers are no answers."""
    shares = {reason: history.reasons.get(reason, 0.0) for reason in UNREADABLE}
    total = sum(shares.values())
    if total < HALF:
        return None
    parts = ", ".join(f"{reason} {share:.0%}" for reason, share in shares.items() if share)
    return Finding(
        name="unreadable",
        problem="Most completions hold no answer that can be read.",
        evidence=f"Reasons in the last steps: {parts}.",
        advice="Read some: rlvr traces RUN. The prompt must ask for exactly one \\boxed{} "
        "(model.prompt_template), or the model must first be taught the format.",
    )


def verifier_is_undecided(history: History) -> Finding | None:
    """More than one completion in a hundred could not be judged."""
    share = history.last("verdict/undecided_rate")
    if share is None or share <= UNDECIDED:
        return None
    return Finding(
        name="undecided",
        problem="The verifier cannot judge many completions; they train nothing.",
        evidence=f"{share:.1%} of the last completions are undecided (alarm at {UNDECIDED:.0%}).",
        advice="See which problems: rlvr traces RUN --search undecided. Leave their class out.",
    )


def a_family_is_forgotten(history: History) -> Finding | None:
    """A family lies far below what it once reached."""
    lost = []
    for key in history.names("accuracy/"):
        best, last = history.best(key), history.last(key)
        if best is not None and last is not None and best[1] - last >= FORGOTTEN:
            lost.append((best[1] - last, key.removeprefix("accuracy/"), best, last))
    if not lost:
        return None
    evidence = "; ".join(
        f"{family}: {best[1]:.0%} up to step {best[0]}, {last:.0%} at the end"
        for _, family, best, last in sorted(lost, reverse=True)
    )
    return Finding(
        name="family_forgotten",
        problem="What was once solved is unlearned.",
        evidence=f"{evidence}.",
        advice="Lower grpo.optimizer.lr, or train less long; see that every family is in the data.",
    )
