"""Training throughput of packed against padded rows, and the memory each needs.

    python scripts/bench_train.py
    python scripts/bench_train.py --vocabulary 50000 --tokens 2048 --repeats 3

One step is forward, backward and AdamW on the same sequences, for a model made from nothing in
the sizes of the tiny preset. Only real prompt and completion tokens count. The variants take
turns in one process and their medians are compared; peak memory comes from a fresh process each.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from transformers import Qwen2Config, Qwen2ForCausalLM

from rlvr.config import ModelConfig, OptimizerConfig
from rlvr.learn.batch import PackedBatch, fill_rows, pack, padding_share
from rlvr.learn.loss import next_token_cross_entropy
from rlvr.learn.optimizer import apply_gradients, make_optimizer
from rlvr.learn.policy import Policy
from rlvr.types import TrainingSequence

VARIANTS = ("packed", "padded")


def make_policy(vocabulary: int) -> Policy:
    torch.manual_seed(0)
    sizes = ModelConfig()
    config = Qwen2Config(
        vocab_size=vocabulary,
        hidden_size=sizes.width,
        intermediate_size=sizes.mlp_width,
        num_hidden_layers=sizes.layers,
        num_attention_heads=sizes.heads,
        num_key_value_heads=sizes.kv_heads,
        max_position_embeddings=sizes.max_length,
        tie_word_embeddings=True,
    )
    return Policy(Qwen2ForCausalLM(config), {})  # type: ignore[no-untyped-call]


def make_sequences(num_tokens: int, vocabulary: int) -> list[TrainingSequence]:
    """Prompts of 8 to 16 tokens, completions of 33 on average and 90 at most."""
    rng = np.random.default_rng(0)
    sequences: list[TrainingSequence] = []
    total = 0
    while total < num_tokens:
        prompt, completion = int(rng.integers(8, 17)), int(np.clip(rng.normal(33, 12), 5, 90))
        ids = tuple(int(i) for i in rng.integers(vocabulary, size=prompt + completion))
        sequences.append(TrainingSequence(prompt_ids=ids[:prompt], completion_ids=ids[prompt:]))
        total += len(ids)
    return sequences


def pad(sequences: Sequence[TrainingSequence], micro_batch_tokens: int) -> list[PackedBatch]:
    """What a trainer without packing does: one sequence a row, all as long as the longest."""
    longest = max(len(s.prompt_ids) + len(s.completion_ids) for s in sequences)
    size = max(1, micro_batch_tokens // longest)
    rows = [[i] for i in range(len(sequences))]
    return [fill_rows(sequences, rows[k : k + size]) for k in range(0, len(rows), size)]


class Bench:
    """A variant's model and optimizer, and one timed step of it."""

    def __init__(self, variant: str, arguments: argparse.Namespace) -> None:
        self.variant = variant
        self.sequences = make_sequences(arguments.tokens, arguments.vocabulary)
        self.micro_batch_tokens = arguments.micro_batch_tokens
        self.policy = make_policy(arguments.vocabulary)
        self.optimizer = make_optimizer(self.policy.model, OptimizerConfig(lr=1e-4, final_lr=1e-4))
        self.padding = 0.0

    @property
    def num_tokens(self) -> int:
        return sum(len(s.prompt_ids) + len(s.completion_ids) for s in self.sequences)

    def step(self) -> float:
        """One whole step, laying out the rows included; its wall time in seconds."""
        start = time.perf_counter()
        if self.variant == "packed":
            row_tokens = choose_row_tokens(self.sequences, self.policy.width)
            batches = pack(self.sequences, row_tokens, self.micro_batch_tokens)
        else:
            batches = pad(self.sequences, self.micro_batch_tokens)
        num_trained = sum(batch.num_targets for batch in batches)
        for batch in batches:
            logprobs, _ = self.policy.logprobs(batch, temperature=1.0)
            torch.autograd.backward(next_token_cross_entropy(logprobs, num_trained))
        apply_gradients(self.optimizer, lr=1e-4, max_grad_norm=1.0)
        seconds = time.perf_counter() - start
        self.padding = padding_share(batches)
        return seconds


def resident_mb(key: str) -> float:
    """A line of Linux's account of this process: VmRSS is now, VmHWM the highest so far."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(key + ":"):
            return int(line.split()[1]) / 1024
    raise ValueError(f"this system does not report {key}; Linux is accepted")


def print_peak(variant: str, arguments: argparse.Namespace) -> None:
    bench = Bench(variant, arguments)
    before = resident_mb("VmRSS")
    for _ in range(3):
        bench.step()
    print(resident_mb("VmHWM") - before)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--tokens", type=int, default=8_192, help="a step (default %(default)s)")
    parser.add_argument("--vocabulary", type=int, default=100)
    parser.add_argument("--micro-batch-tokens", type=int, default=4_096)
    parser.add_argument("--repeats", type=int, default=11)
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--peak-of", choices=VARIANTS, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    if arguments.peak_of:
        print_peak(arguments.peak_of, arguments)
        return

    benches = [Bench(variant, arguments) for variant in VARIANTS]
    for bench in benches:
        bench.step()
    times = [[bench.step() for bench in benches] for _ in range(arguments.repeats)]
    medians = [statistics.median(column) for column in zip(*times, strict=True)]
    print(
        f"{benches[0].num_tokens} tokens a step, vocabulary {arguments.vocabulary}, "
        f"{arguments.threads} threads, medians of {arguments.repeats}"
    )
    print(f"{'':8}{'tokens/s':>10}{'ms a step':>11}{'padding':>9}{'memory MB':>11}")
    for bench, seconds in zip(benches, medians, strict=True):
        command = [sys.executable, __file__, *sys.argv[1:], "--peak-of", bench.variant]
        peak = float(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
        print(
            f"{bench.variant:8}{bench.num_tokens / seconds:10,.0f}{seconds * 1e3:11.0f}"
            f"{bench.padding:9.1%}{peak:11.0f}"
        )
    print(f"packed / padded: {medians[1] / medians[0]:.2f} times the tokens a second")


if __name__ == "__main__":
    main()
