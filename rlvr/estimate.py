"""What a run will take, before it starts: parameters, tokens and memory, from formulas alone."""

from __future__ import annotations

from dataclasses import dataclass

from rich.table import Table

from rlvr.config import Config, ModelConfig
from rlvr.model_sizes import (
    ModelSizes,
    activations_per_token,
    hub_sizes,
    logit_numbers,
    made_sizes,
    num_parameters,
)

BYTES, MB = {"float32": 4, "bfloat16": 2}, 1e6


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """Counts, and memory in MB (10^6 bytes). Tokens of completions are upper bounds: every
    completion at ``max_new_tokens``. Memory is that of each rank, and leaves out the libraries and
    the engine's buffers."""

    num_ranks: int
    parameters: int
    sft_tokens_per_step: int
    sft_tokens: int
    completions_per_step: int
    grpo_tokens_per_step: int
    grpo_tokens: int
    eval_tokens: int
    weights_mb: float
    gradients_mb: float
    optimizer_mb: float
    activations_mb: float
    logits_mb: float
    reference_mb: float
    snapshot_mb: float
    gathered_mb: float
    loaded_mb: float
    engine_weights_mb: float
    kv_cache_mb: float
    kv_cache_needed_mb: float

    @property
    def total_mb(self) -> float:
        """All that is held at once; ``kv_cache_needed_mb`` lies within ``kv_cache_mb``."""
        return self.trainer_mb + self.engine_weights_mb + self.kv_cache_mb

    @property
    def trainer_mb(self) -> float:
        """The trainer's part of it; at the start a rank holds the whole model instead."""
        trained = self.weights_mb + self.gradients_mb + self.optimizer_mb
        copies = self.reference_mb + self.snapshot_mb
        passed = self.activations_mb + self.logits_mb + self.gathered_mb
        return max(trained + passed + copies, self.loaded_mb)


def estimate(config: Config, vocab_size: int, num_ranks: int = 1) -> Estimate:
    """Estimate a run. ``vocab_size`` is of the model made from nothing; a model with a ``path``
    brings its own, and only its ``config.json`` is read (``ValueError`` if that fails).

    Trainer: N parameters, as many gradients, AdamW's two moments, and N each for the reference of
    ``grpo.kl`` and the older weights of ``grpo.max_staleness``, all of ``model.dtype``; activations
    of a micro-batch, which is never less than one sequence; logits, and for a bfloat16 model the
    head in float32. Engine: N at its dtype, in each of its processes. KV cache needed at once:
    2 × layers × kv_heads × head_width numbers a token, for as many sequences as run together, each
    ``model.max_length`` tokens long.

    On several ranks each holds its part of weights, gradients, moments and copies; in a pass it has
    embeddings and head whole and two layers, and their gradients (``learn/sharded.py``). Before,
    it loads the whole model. Each has an engine in its own process.
    """
    model = config.model
    sizes = hub_sizes(model.path) if model.path is not None else made_sizes(model, vocab_size)
    n = num_parameters(sizes)
    bytes_each, bytes_trained = BYTES[config.rollout.dtype], BYTES[model.dtype]
    grpo, rollout = config.grpo, config.rollout
    completions = grpo.problems * grpo.group_size
    drawn = completions * (1 + grpo.sampling.refill_rounds)
    sft_tokens = config.sft.batch_tokens if config.sft.steps else 0
    tokens_at_once = max(sft_tokens, grpo.micro_batch_tokens, model.max_length)
    logits = logit_numbers(sizes, tokens_at_once)
    if model.dtype != "float32":
        logits += 2 * sizes.vocab_size * sizes.width  # the head in float32, and its gradient
    part = n * bytes_trained / num_ranks
    engines = rollout.processes if num_ranks == 1 else 1
    kv_per_token = 2 * sizes.layers * sizes.kv_heads * sizes.head_width * bytes_each
    sequences = min(rollout.max_sequences, -(-completions // num_ranks))
    # Greedy on both test splits, and pass@k on a part of one; before and after.
    sampled = min(config.eval.pass_at_problems, config.data.test_size) * config.eval.pass_at
    evaluated = 2 * (config.data.test_size + config.data.shifted_size + sampled)
    return Estimate(
        num_ranks=num_ranks,
        parameters=n,
        sft_tokens_per_step=config.sft.batch_tokens,
        sft_tokens=config.sft.batch_tokens * config.sft.steps,
        completions_per_step=completions,
        grpo_tokens_per_step=drawn * rollout.max_new_tokens,
        grpo_tokens=drawn * rollout.max_new_tokens * grpo.steps,
        eval_tokens=evaluated * rollout.max_new_tokens,
        weights_mb=part / MB,
        gradients_mb=part / MB,
        optimizer_mb=2 * part / MB,
        activations_mb=_activation_bytes(model, sizes, n, tokens_at_once) / MB,
        logits_mb=logits * BYTES["float32"] / MB,
        reference_mb=part / MB if grpo.kl.kind != "none" else 0.0,
        snapshot_mb=part / MB if grpo.max_staleness else 0.0,
        gathered_mb=_gathered(sizes, n) * bytes_trained / MB if num_ranks > 1 else 0.0,
        loaded_mb=n * bytes_trained / MB,
        engine_weights_mb=engines * n * bytes_each / MB,
        kv_cache_mb=rollout.kv_cache_gb * 2**30 / MB,
        kv_cache_needed_mb=sequences * model.max_length * kv_per_token / MB,
    )


def _gathered(sizes: ModelSizes, n: int) -> float:
    """Weights that are whole in the midst of a backward, and gradients before they are shared."""
    tables = (1 if sizes.tied else 2) * sizes.vocab_size * sizes.width
    layer = (n - tables) / sizes.layers
    return 2 * tables + 3 * layer


def _activation_bytes(model: ModelConfig, sizes: ModelSizes, n: int, tokens: int) -> float:
    """With checkpointing the inputs of all layers, and one layer's activations; with autocast in
    2 bytes a number, beside weights of 2 bytes for the pass."""
    numbers = activations_per_token(sizes)
    if model.gradient_checkpointing:
        numbers = sizes.layers * sizes.width + numbers // sizes.layers
    if model.autocast:
        return 2 * (tokens * numbers + n)
    return tokens * numbers * BYTES[model.dtype]


def estimate_table(found: Estimate) -> Table:
    """The estimate for a person."""
    whose = f", memory of each of {found.num_ranks} ranks" if found.num_ranks > 1 else ""
    table = Table(title=f"Estimate{whose}", show_header=False, title_justify="left")
    table.add_column(justify="left")
    table.add_column(justify="right")
    table.add_row("parameters", f"{found.parameters:,}")
    table.add_row("supervised tokens, steps", _pair(found.sft_tokens_per_step, found.sft_tokens))
    table.add_row("completions a GRPO step", f"{found.completions_per_step:,}")
    table.add_row(
        "completion tokens a GRPO step (at most), steps",
        _pair(found.grpo_tokens_per_step, found.grpo_tokens),
    )
    table.add_row("evaluation tokens, before and after (at most)", f"{found.eval_tokens:,}")
    table.add_section()
    table.add_row("trainer: weights", _mb(found.weights_mb))
    table.add_row("trainer: gradients", _mb(found.gradients_mb))
    table.add_row("trainer: AdamW moments", _mb(found.optimizer_mb))
    table.add_row("trainer: activations (at most)", _mb(found.activations_mb))
    table.add_row("trainer: logits (at most)", _mb(found.logits_mb))
    if found.gathered_mb:
        table.add_row("trainer: gathered for a pass (at most)", _mb(found.gathered_mb))
        table.add_row("trainer: the whole model, while it loads", _mb(found.loaded_mb))
    if found.reference_mb:
        table.add_row("trainer: weights of the reference", _mb(found.reference_mb))
    if found.snapshot_mb:
        table.add_row("trainer: weights one version old", _mb(found.snapshot_mb))
    table.add_row("engine: weights", _mb(found.engine_weights_mb))
    needed = f" ({_mb(found.kv_cache_needed_mb)} if all are full)"
    table.add_row("engine: KV cache" + needed, _mb(found.kv_cache_mb))
    table.add_section()
    table.add_row("memory, the libraries' own left out", _mb(found.total_mb))
    return table


def _pair(step: int, total: int) -> str:
    return f"{step:,} × {total // max(step, 1):,} = {total:,}"


def _mb(megabytes: float) -> str:
    return f"{megabytes:,.0f} MB" if megabytes >= 10 else f"{megabytes:,.1f} MB"
