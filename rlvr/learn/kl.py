"""Estimates of KL(pi || reference) a token, from tokens drawn by pi.

Shapes: [N], [N] -> [N], with d = log pi - log reference. All have, or nearly have, the KL as their
mean; they differ in what their gradient is. Source: Schulman 2020, "Approximating KL divergence";
on the gradients: arXiv 2510.01555.
"""

from __future__ import annotations

from torch import Tensor


def k2(logprobs: Tensor, reference_logprobs: Tensor) -> Tensor:
    """d^2 / 2: in a loss its gradient d grad log pi is, on average, that of the KL.

    As a value it is biased, but small where the KL is.
    """
    return (logprobs - reference_logprobs) ** 2 / 2


def k3(logprobs: Tensor, reference_logprobs: Tensor) -> Tensor:
    """exp(-d) - 1 + d: the KL's value without bias and never negative. For metrics.

    In a loss its gradient is on average that of the other KL, of the reference from pi.
    """
    difference = logprobs - reference_logprobs
    return (-difference).exp() - 1 + difference
