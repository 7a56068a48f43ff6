"""What a run will take, before it starts: parameters, tokens and memory, from formulas alone."""

from __future__ import annotations

from dataclasses import dataclass

from rich.table import Table

from rlvr.config import Config, ModelConfig
from rlvr.config_rollout import RolloutConfig
from rlvr.model_sizes import (
    ModelSizes,
    activations_per_token,
    hub_sizes,
    logit_numbers,
    made_sizes,
    num_adapter_parameters,
    num_parameters,
)

BYTES, MB = {"float32": 4, "bfloat16": 2}, 1e6


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """Counts, and memory in MB (10^6 bytes). Tokens of completions are upper bounds: every
    completion at ``max_new_tokens``. Memory is that of each rank, and leaves out the libraries and
    the engine's buffers."""

    num_ranks: int
    device: str
    parameters: int
    adapter_parameters: int
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
    engine_weights_mb: float
    kv_cache_mb: float
    kv_cache_needed_mb: float

    @property
    def total_mb(self) -> float:
        """All that is held at once; ``kv_cache_needed_mb`` lies within ``kv_cache_mb``."""
        return self.trainer_mb + self.engine_weights_mb + self.kv_cache_mb

    @property
    def trainer_mb(self) -> float:
        """The trainer's part of it."""
        trained = self.weights_mb + self.gradients_mb + self.optimizer_mb
        copies = self.reference_mb + self.snapshot_mb
        passed = self.activations_mb + self.logits_mb + self.gathered_mb
        return trained + passed + copies


def estimate(config: Config, vocab_size: int, num_ranks: int = 1, device: str = "cpu") -> Estimate:
    """Estimate a run on "cpu" or "cuda". ``vocab_size`` is of the model made from nothing; a model
    with a ``path`` brings its own, and only its ``config.json`` is read (``ValueError`` if that
    fails).

    Trainer: N parameters, as many gradients, AdamW's two moments, and N each for the reference of
    ``grpo.kl`` and the older weights of ``grpo.max_staleness``, all of ``model.dtype``; activations
    of a micro-batch, which is never less than one sequence; logits, and for a bfloat16 model the
    head in float32. With ``model.lora`` the N are frozen: gradients, moments and copies are those
    of the adapters, in float32. Engine: N at its dtype, in each of its processes. KV cache needed
    at once: 2 × layers × kv_heads × head_width numbers a token, for as many sequences as run
    together, each ``model.max_length`` tokens long. Servers on devices of their own take nothing.

    On several ranks each holds its part of weights, gradients, moments and copies; in a pass it has
    embeddings and head whole and two layers, and their gradients (``learn/sharded.py``), and no
    more while it starts; rank 0 reads the model into the machine's memory, which is not counted
    where ranks have GPUs. A colocated engine is in each rank's own process, or in those of
    ``rollout.tensor_parallel`` ranks.
    """
    sizes = sizes_of(config.model, vocab_size)
    grpo, rollout = config.grpo, config.rollout
    completions = grpo.problems * grpo.group_size
    drawn = completions * (1 + grpo.sampling.refill_rounds)
    # Greedy on both test splits, and pass@k on a part of one; before and after.
    sampled = min(config.eval.pass_at_problems, config.data.test_size) * config.eval.pass_at
    evaluated = 2 * (config.data.test_size + config.data.shifted_size + sampled)
    return Estimate(
        num_ranks=num_ranks,
        device=device,
        parameters=num_parameters(sizes),
        adapter_parameters=num_adapter_parameters(sizes, config.model.lora),
        sft_tokens_per_step=config.sft.batch_tokens,
        sft_tokens=config.sft.batch_tokens * config.sft.steps,
        completions_per_step=completions,
        grpo_tokens_per_step=drawn * rollout.max_new_tokens,
        grpo_tokens=drawn * rollout.max_new_tokens * grpo.steps,
        eval_tokens=evaluated * rollout.max_new_tokens,
        **_trainer_mb(config, sizes, num_ranks, device),
        **_engine_mb(config, sizes, completions, num_ranks),
    )


def _trainer_mb(config: Config, sizes: ModelSizes, num_ranks: int, device: str) -> dict[str, float]:
    """Of one rank, by the field of ``Estimate``."""
    model, grpo = config.model, config.grpo
    n, adapters = num_parameters(sizes), num_adapter_parameters(sizes, model.lora)
    # The supervised stage of a model made from nothing trains all of it.
    is_frozen = bool(adapters) and not (model.path is None and config.sft.steps)
    bytes_trained = BYTES[model.dtype]
    trained = adapters * BYTES["float32"] if is_frozen else n * bytes_trained
    whole = n * bytes_trained + adapters * BYTES["float32"]
    copied = adapters * BYTES["float32"] if adapters else n * bytes_trained
    sft_tokens = config.sft.batch_tokens if config.sft.steps else 0
    tokens_at_once = max(sft_tokens, grpo.micro_batch_tokens, model.max_length)
    logits = logit_numbers(sizes, tokens_at_once, device, is_frozen)
    if model.dtype != "float32":
        # The head in float32, and its gradient.
        logits += (1 if is_frozen else 2) * sizes.vocab_size * sizes.width
    return {
        "weights_mb": whole / num_ranks / MB,
        "gradients_mb": trained / num_ranks / MB,
        "optimizer_mb": 2 * trained / num_ranks / MB,
        "activations_mb": _activation_bytes(model, sizes, n, tokens_at_once) / MB,
        "logits_mb": logits * BYTES["float32"] / MB,
        "reference_mb": copied / num_ranks / MB if grpo.kl.kind != "none" else 0.0,
        "snapshot_mb": copied / num_ranks / MB if grpo.max_staleness else 0.0,
        "gathered_mb": _gathered(sizes, n) * bytes_trained / MB if num_ranks > 1 else 0.0,
    }


def sizes_of(model: ModelConfig, vocab_size: int) -> ModelSizes:
    """Of the model that is trained; ``vocab_size`` is of one that is made from nothing."""
    return hub_sizes(model.path) if model.path is not None else made_sizes(model, vocab_size)


def _engine_mb(
    config: Config, sizes: ModelSizes, completions: int, num_ranks: int
) -> dict[str, float]:
    """Ranks that share an engine each have their part of the weights and of the heads' cache."""
    rollout, shared = config.rollout, config.rollout.tensor_parallel
    engines, caches = engines_here(rollout, num_ranks)
    weights = num_parameters(sizes) * BYTES[rollout.dtype] / shared
    heads = max(1.0, sizes.kv_heads / shared)
    per_token = 2 * sizes.layers * heads * sizes.head_width * BYTES[rollout.dtype]
    sequences = min(rollout.max_sequences, -(-completions * shared // num_ranks))
    return {
        "engine_weights_mb": engines * weights / MB,
        "kv_cache_mb": caches * rollout.kv_cache_gb * 2**30 / MB,
        "kv_cache_needed_mb": sequences * config.model.max_length * per_token / MB,
    }


def _gathered(sizes: ModelSizes, n: int) -> float:
    """Weights that are whole in the midst of a backward, and gradients before they are shared."""
    tables = (1 if sizes.tied else 2) * sizes.vocab_size * sizes.width
    layer = (n - tables) / sizes.layers
    return 2 * tables + 3 * layer


def engines_here(rollout: RolloutConfig, num_ranks: int = 1) -> tuple[int, int]:
    """How often the engine's weights, and its whole KV cache, are held beside the learner."""
    if rollout.topology == "colocated":
        return rollout.processes if num_ranks == 1 else 1, 1
    is_elsewhere = rollout.server.urls or rollout.server.devices
    return (0, 0) if is_elsewhere else (rollout.server.replicas, rollout.server.replicas)


def _activation_bytes(model: ModelConfig, sizes: ModelSizes, n: int, tokens: int) -> float:
    """With checkpointing the inputs of all layers, and one layer's activations; with autocast in
    2 bytes a number, beside weights of 2 bytes for the pass where the model's own are larger.

    Adapters are in float32: without autocast, each keeps a copy of what enters its layer.
    """
    numbers = activations_per_token(sizes)
    if model.lora.rank and model.dtype != "float32" and not model.autocast:
        # Two numbers of 2 bytes each for q, k, v, o, gate, up and down, in place of four inputs.
        numbers += sizes.layers * (9 * sizes.width + sizes.mlp_width)
    if model.gradient_checkpointing:
        numbers = sizes.layers * sizes.width + numbers // sizes.layers
    if model.autocast:
        return 2 * (tokens * numbers + (n if model.dtype == "float32" else 0))
    return tokens * numbers * BYTES[model.dtype]


def estimate_table(found: Estimate) -> Table:
    """The estimate for a person."""
    whose = f", memory of each of {found.num_ranks} ranks" if found.num_ranks > 1 else ""
    table = Table(title=f"Estimate{whose}", show_header=False, title_justify="left")
    table.add_column(justify="left")
    table.add_column(justify="right")
    table.add_row("parameters", f"{found.parameters:,}")
    if found.adapter_parameters:
        table.add_row("parameters of the adapters", f"{found.adapter_parameters:,}")
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
