"""The mean of the others as the baseline."""

from __future__ import annotations

import numpy as np

from rlvr.learn.advantages.groups import Bools, Floats, centred


def rloo(rewards: Floats, counted: Bools) -> Floats:
    """A_i = r_i - mean of the other counted rewards of the group = n / (n - 1) (r_i - mean).

    Shapes: [P, G], [P, G] -> [P, G]; n completions of the group are counted; 0 where uncounted
    or uninformative. The baseline does not depend on the completion it is subtracted from, so
    the gradient has no bias. Sources: Kool et al. 2019; for language models arXiv 2402.14740.
    """
    num_counted = counted.sum(axis=1, keepdims=True)
    return np.asarray(centred(rewards, counted) * num_counted / np.maximum(num_counted - 1, 1))
