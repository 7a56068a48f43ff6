"""Diagnoses of what the updates do to the policy."""

from __future__ import annotations

from rlvr.diagnose.finding import Finding
from rlvr.diagnose.history import History

GAP = 0.05  # nats a token: a probability wrong by a twentieth
NO_GRADIENT = 1e-7
NO_RATE = 1e-10
COLLAPSE = 0.1  # of the entropy at first
SOLVED = 0.9
EXPLOSION = 3.0  # times the entropy at first
KL = 1.0  # nats a token


def engine_and_trainer_disagree(history: History) -> Finding | None:
    """The engine draws from another distribution than the one that is trained."""
    key = "sampling/sampling_logp_difference/mean"
    if not history.series(key) or history.last("staleness/max"):
        key = "sync/parity_mean"  # older weights are no fault: only equal ones are compared there
    gap = history.last(key)
    if gap is None or gap <= GAP:
        return None
    return Finding(
        name="engine_gap",
        problem="Engine and trainer do not compute the same probabilities.",
        evidence=f"|Δlogprob| a token is {gap:.3g} nats in the last steps (alarm at {GAP:g}).",
        advice="Is the temperature the same, are the weights sent after each step? Try "
        "rollout.dtype = 'float32'; if the gap goes, it was rounding.",
    )


def gradients_are_dead(history: History) -> Finding | None:
    """Rewards differ, and yet nothing moves."""
    norm, rate = history.last("grad_norm"), history.last("learning_rate")
    if not history.last("updated") or norm is None or rate is None:
        return None
    if norm >= NO_GRADIENT and rate >= NO_RATE:
        return None
    return Finding(
        name="dead_gradients",
        problem="The updates change nothing.",
        evidence=f"In the last steps the gradient's norm is {norm:.2g}, the learning rate "
        f"{rate:.2g}.",
        advice="Look at grpo.optimizer (lr, final_lr), at the weights under [reward], and at "
        "whether the model's parameters are frozen.",
    )


def entropy_has_collapsed(history: History) -> Finding | None:
    """The policy is nearly certain, and not because it is right."""
    first, last = history.first("entropy"), history.last("entropy")
    right = history.last("verdict/correct_rate") or 0.0
    if first is None or last is None or last >= COLLAPSE * first or right >= SOLVED:
        return None
    return Finding(
        name="entropy_collapse",
        problem="The model writes nearly the same every time, so groups have nothing to compare.",
        evidence=f"Entropy fell from {first:.3g} to {last:.3g} nats a token; "
        f"{right:.0%} are right.",
        advice="Lower grpo.optimizer.lr, raise grpo.surrogate.clip_high or rollout.temperature.",
    )


def entropy_has_exploded(history: History) -> Finding | None:
    """The policy comes apart."""
    first, last = history.first("entropy"), history.last("entropy")
    right = history.first("verdict/correct_rate"), history.last("verdict/correct_rate")
    if first is None or last is None or last <= EXPLOSION * first:
        return None
    if right[0] is None or right[1] is None or right[1] >= right[0]:
        return None
    return Finding(
        name="entropy_explosion",
        problem="The model is coming apart: it writes ever more at random.",
        evidence=f"Entropy rose from {first:.3g} to {last:.3g} nats a token, right completions "
        f"fell from {right[0]:.0%} to {right[1]:.0%}.",
        advice="Lower grpo.optimizer.lr, or add a warm-up.",
    )


def kl_has_blown_up(history: History) -> Finding | None:
    """The policy has left its reference far behind."""
    last = history.last("kl")
    if last is None or last <= KL:
        return None
    return Finding(
        name="kl_blow_up",
        problem="The policy has run away from its reference.",
        evidence=f"The divergence is {last:.3g} nats a token in the last steps (alarm at {KL:g}).",
        advice="Raise the weight of the divergence, lower grpo.optimizer.lr, or renew the "
        "reference more often.",
    )
