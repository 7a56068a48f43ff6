from __future__ import annotations

import math

import torch

from rlvr.learn.kl import k2, k3

PI, REFERENCE = torch.tensor([0.5, 0.25, 0.25]), torch.tensor([0.25, 0.25, 0.5])
KL = 0.25 * math.log(2)  # 0.5 log 2 + 0.25 log 1 + 0.25 log 1/2


def test_estimates_by_hand() -> None:
    # d = log 2, 0, -log 2
    two = math.log(2)
    torch.testing.assert_close(
        k2(PI.log(), REFERENCE.log()), torch.tensor([two**2 / 2, 0, two**2 / 2])
    )
    torch.testing.assert_close(
        k3(PI.log(), REFERENCE.log()), torch.tensor([0.5 - 1 + two, 0, 2 - 1 - two])
    )


def test_the_mean_of_k3_is_the_kl() -> None:
    torch.testing.assert_close((PI * k3(PI.log(), REFERENCE.log())).sum(), torch.tensor(KL))


def test_in_a_loss_k2_has_the_gradient_of_the_kl_and_k3_another() -> None:
    def expected_gradient(estimate) -> torch.Tensor:  # type: ignore[no-untyped-def]
        """Over tokens drawn from pi, whose chances the loss does not differentiate."""
        logits = PI.log().requires_grad_()
        losses = estimate(logits.log_softmax(-1), REFERENCE.log())
        return torch.autograd.grad((PI * losses).sum(), logits)[0]

    logits = PI.log().requires_grad_()
    logprobs = logits.log_softmax(-1)
    exact = torch.autograd.grad((logprobs.exp() * (logprobs - REFERENCE.log())).sum(), logits)[0]
    torch.testing.assert_close(expected_gradient(k2), exact)
    # k3's is that of KL(reference || pi): pi - reference, by the logits.
    torch.testing.assert_close(expected_gradient(k3), PI - REFERENCE)
    assert not torch.allclose(PI - REFERENCE, exact, atol=0.01)
