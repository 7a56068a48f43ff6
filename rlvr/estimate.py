"""What a run will take, before it starts: parameters, tokens and memory, from formulas alone."""

from __future__ import annotations

from dataclasses import dataclass

from rich.table import Table

from rlvr.config import Config, ModelConfig

FLOAT32, MB = 4, 1e6


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelSizes:
    """A decoder of the Llama family. ``head_width`` numbers a head; ``tied``: one table of
    embeddings for input and output; ``qkv_bias`` as in Qwen2."""

    width: int
    layers: int
    heads: int
    kv_heads: int
    head_width: int
    mlp_width: int
    vocab_size: int
    tied: bool
    qkv_bias: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """Counts, and memory in MB (10^6 bytes). Tokens of completions are upper bounds: every
    completion at ``max_new_tokens``. Memory leaves out the libraries and the engine's buffers."""

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
    reference_mb: float
    snapshot_mb: float
    engine_weights_mb: float
    kv_cache_mb: float
    kv_cache_needed_mb: float

    @property
    def total_mb(self) -> float:
        """All that is held at once; ``kv_cache_needed_mb`` lies within ``kv_cache_mb``."""
        trainer = self.weights_mb + self.gradients_mb + self.optimizer_mb + self.activations_mb
        copies = self.reference_mb + self.snapshot_mb + self.engine_weights_mb
        return trainer + copies + self.kv_cache_mb


def estimate(config: Config, vocab_size: int) -> Estimate:
    """Estimate a run. ``vocab_size`` is of the model made from nothing; a model with a ``path``
    brings its own, and only its ``config.json`` is read (``ValueError`` if that fails).

    Trainer: float32 weights and gradients 4N bytes each, AdamW's two moments 8N, and 4N each for
    the reference of ``grpo.kl`` and the older weights of ``grpo.max_staleness``. Engine: N at its
    dtype. KV cache needed at once: 2 × layers × kv_heads × head_width numbers a token, for as many
    sequences as run together, each ``model.max_length`` tokens long.
    """
    model = config.model
    sizes = _hub_sizes(model.path) if model.path is not None else _made_sizes(model, vocab_size)
    n = num_parameters(sizes)
    bytes_each = FLOAT32 if config.rollout.dtype == "float32" else 2
    grpo, rollout = config.grpo, config.rollout
    completions = grpo.problems * grpo.group_size
    drawn = completions * (1 + grpo.sampling.refill_rounds)
    tokens_at_once = max(config.sft.batch_tokens, grpo.micro_batch_tokens)
    kv_per_token = 2 * sizes.layers * sizes.kv_heads * sizes.head_width * bytes_each
    sequences = min(rollout.max_sequences, completions)
    # Greedy on both test splits, and pass@k on a part of one; before and after.
    sampled = min(config.eval.pass_at_problems, config.data.test_size) * config.eval.pass_at
    evaluated = 2 * (config.data.test_size + config.data.shifted_size + sampled)
    return Estimate(
        parameters=n,
        sft_tokens_per_step=config.sft.batch_tokens,
        sft_tokens=config.sft.batch_tokens * config.sft.steps,
        completions_per_step=completions,
        grpo_tokens_per_step=drawn * rollout.max_new_tokens,
        grpo_tokens=drawn * rollout.max_new_tokens * grpo.steps,
        eval_tokens=evaluated * rollout.max_new_tokens,
        weights_mb=n * FLOAT32 / MB,
        gradients_mb=n * FLOAT32 / MB,
        optimizer_mb=2 * n * FLOAT32 / MB,
        activations_mb=tokens_at_once * activations_per_token(sizes) * FLOAT32 / MB,
        reference_mb=n * FLOAT32 / MB if grpo.kl.kind != "none" else 0.0,
        snapshot_mb=n * FLOAT32 / MB if grpo.max_staleness else 0.0,
        engine_weights_mb=n * bytes_each / MB,
        kv_cache_mb=rollout.kv_cache_gb * 2**30 / MB,
        kv_cache_needed_mb=sequences * model.max_length * kv_per_token / MB,
    )


def num_parameters(sizes: ModelSizes) -> int:
    """N of a Llama-family decoder: embeddings (once if tied), and in each layer the projections
    q, k, v, o, the three of the gated MLP, and two norms; one norm at the end."""
    queries, keys = sizes.heads * sizes.head_width, sizes.kv_heads * sizes.head_width
    attention = 2 * sizes.width * (queries + keys)
    if sizes.qkv_bias:
        attention += queries + 2 * keys
    layer = attention + 3 * sizes.width * sizes.mlp_width + 2 * sizes.width
    tables = 1 if sizes.tied else 2
    return tables * sizes.vocab_size * sizes.width + sizes.layers * layer + sizes.width


def activations_per_token(sizes: ModelSizes) -> int:
    """Numbers kept for the backward pass, a token, nothing recomputed: in each layer about 8
    widths (norms, q, attention, residuals), k and v, 4 MLP widths (gate, its activation, up,
    product); at the end logits and their softmax. Attention as in FlashAttention: no T × T."""
    keys = sizes.kv_heads * sizes.head_width
    layer = 8 * sizes.width + 2 * keys + 4 * sizes.mlp_width
    return sizes.layers * layer + 2 * sizes.vocab_size


def estimate_table(found: Estimate) -> Table:
    """The estimate for a person."""
    table = Table(title="Estimate", show_header=False, title_justify="left")
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


def _made_sizes(model: ModelConfig, vocab_size: int) -> ModelSizes:
    return ModelSizes(
        width=model.width,
        layers=model.layers,
        heads=model.heads,
        kv_heads=model.kv_heads,
        head_width=model.width // model.heads,
        mlp_width=model.mlp_width,
        vocab_size=vocab_size,
        tied=True,
        qkv_bias=True,
    )


def _hub_sizes(path: str) -> ModelSizes:
    from transformers import AutoConfig  # takes seconds to import

    try:
        hub = AutoConfig.from_pretrained(path)
        heads = hub.num_attention_heads
        return ModelSizes(
            width=hub.hidden_size,
            layers=hub.num_hidden_layers,
            heads=heads,
            kv_heads=getattr(hub, "num_key_value_heads", None) or heads,
            head_width=getattr(hub, "head_dim", None) or hub.hidden_size // heads,
            mlp_width=hub.intermediate_size,
            vocab_size=hub.vocab_size,
            tied=hub.tie_word_embeddings,
            qkv_bias=hub.model_type == "qwen2",
        )
    except (OSError, ValueError, AttributeError) as error:
        raise ValueError(f"cannot read the sizes of the model {path}: {error}") from error
