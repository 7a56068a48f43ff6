"""What our engine costs over vLLM itself, and what engines side by side gain: tokens a second of
each, alternating, in one run.

All get the same model, prompts, seeds and settings, and must write the same tokens.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

# Read when torch is imported. Threads that spin while they wait are a little faster on an idle
# machine and many times slower on a busy one.
os.environ.setdefault("OMP_WAIT_POLICY", "passive")
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import torch

from rlvr.config_rollout import RolloutConfig
from rlvr.rollout.engine import Request, RolloutEngine, SamplingSettings
from rlvr.rollout.factory import make_engine
from rlvr.rollout.hub import stop_token_ids

EXAMPLE = "example: python scripts/bench_rollout.py --dtype bfloat16 --rounds 9"
TokenIds = list[tuple[int, ...]]


def main() -> None:
    args = parse_arguments()
    with tempfile.TemporaryDirectory() as folder:
        model_path = args.model or save_tiny_model(Path(folder))
        ours, bare = make_contestants(model_path, args)
        assert ours() == bare(), "the two wrote different tokens"
        contestants = {"LLM.generate": bare, "VllmEngine.generate": ours}
        engine = None
        if args.processes > 1:
            engine = make_engine(model_path, settings_of(args, args.processes), max_length_of(args))
            several = generate_with(engine, model_path, args)
            assert several() == bare(), "several processes wrote different tokens"
            contestants[f"{args.processes} processes"] = several
        print_table(measure(contestants, args.rounds))
        if engine is not None:
            engine.close()


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, epilog=EXAMPLE)
    parser.add_argument("--model", help="hub id or folder; without one, a 0.8 M parameter model")
    parser.add_argument("--dtype", choices=["float32", "bfloat16"], default="float32")
    parser.add_argument("--requests", type=int, default=256)
    parser.add_argument("--prompt-tokens", type=int, default=12)
    parser.add_argument("--new-tokens", type=int, default=40, help="at most; fewer at a stop token")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--processes", type=int, default=2, help="1 leaves them out")
    parser.add_argument("--kv-cache-gb", type=float, default=0.5)
    return parser.parse_args()


def save_tiny_model(folder: Path) -> str:
    """A Qwen2 model of the tiny preset's sizes, with random weights; ends after about 1 in 100."""
    from tokenizers import Tokenizer, models
    from transformers import PreTrainedTokenizerFast, Qwen2Config, Qwen2ForCausalLM

    torch.manual_seed(0)
    words = {"<eos>": 0} | {f"w{i}": i for i in range(1, 100)}
    tokenizer = Tokenizer(models.WordLevel(words, unk_token="<eos>"))
    PreTrainedTokenizerFast(tokenizer_object=tokenizer, eos_token="<eos>").save_pretrained(folder)
    config = Qwen2Config(
        vocab_size=len(words),
        hidden_size=128,
        num_hidden_layers=4,
        num_attention_heads=4,
        num_key_value_heads=2,
        intermediate_size=384,
        tie_word_embeddings=True,
        eos_token_id=0,
        bos_token_id=None,
    )
    Qwen2ForCausalLM(config).save_pretrained(folder)
    return str(folder)


def make_contestants(
    model_path: str, args: argparse.Namespace
) -> tuple[Callable[[], TokenIds], Callable[[], TokenIds]]:
    """Two functions that write the same completions: through our engine, and through vLLM alone."""
    from rlvr.rollout.isolation import process_state_kept
    from rlvr.rollout.vllm import LLM, SamplingParams, VllmEngine, current_platform

    engine = VllmEngine(model_path, settings_of(args), max_length_of(args))
    with process_state_kept():
        llm = LLM(
            model_path,
            dtype=args.dtype,
            max_model_len=max_length_of(args),
            max_num_seqs=args.requests,
            kv_cache_memory_bytes=int(args.kv_cache_gb * 2**30),
            logprobs_mode="processed_logprobs",
            enforce_eager=current_platform.is_cpu(),
            # On a CPU a seeded prompt that is cut in two brings vLLM down.
            enable_chunked_prefill=not current_platform.is_cpu(),
        )

    stop = stop_token_ids(model_path)
    prompts = make_prompts(args, avoid=set(stop))

    def bare() -> TokenIds:
        params = [
            SamplingParams(
                temperature=1.0,
                max_tokens=args.new_tokens,
                seed=seed,
                stop_token_ids=stop,
                logprobs=0,
                detokenize=False,
            )
            for seed in range(len(prompts))
        ]
        inputs = [{"prompt_token_ids": prompt} for prompt in prompts]
        outputs = llm.generate(inputs, params, use_tqdm=False)
        return [tuple(output.outputs[0].token_ids) for output in outputs]

    return generate_with(engine, model_path, args), bare


def settings_of(args: argparse.Namespace, processes: int = 1) -> RolloutConfig:
    return RolloutConfig(
        dtype=args.dtype,
        processes=processes,
        max_sequences=args.requests,
        kv_cache_gb=args.kv_cache_gb,
    )


def max_length_of(args: argparse.Namespace) -> int:
    return int(args.prompt_tokens + args.new_tokens)


def generate_with(
    engine: RolloutEngine, model_path: str, args: argparse.Namespace
) -> Callable[[], TokenIds]:
    prompts = make_prompts(args, avoid=set(stop_token_ids(model_path)))
    requests = [Request(prompt_ids=tuple(p), seed=seed) for seed, p in enumerate(prompts)]
    sampling = SamplingSettings(temperature=1.0, max_new_tokens=args.new_tokens)
    return lambda: [completion.token_ids for completion in engine.generate(requests, sampling)]


def make_prompts(args: argparse.Namespace, avoid: set[int]) -> list[list[int]]:
    rng = random.Random(0)
    token_ids = [token_id for token_id in range(100) if token_id not in avoid]
    return [rng.choices(token_ids, k=args.prompt_tokens) for _ in range(args.requests)]


def measure(
    contestants: dict[str, Callable[[], TokenIds]], rounds: int
) -> dict[str, list[tuple[int, float]]]:
    """For each contestant its (tokens, seconds) of every round."""
    results: dict[str, list[tuple[int, float]]] = {name: [] for name in contestants}
    for _ in range(rounds):
        for name, generate in contestants.items():
            start = time.perf_counter()
            completions = generate()
            seconds = time.perf_counter() - start
            results[name].append((sum(map(len, completions)), seconds))
    return results


def print_table(results: dict[str, list[tuple[int, float]]]) -> None:
    speeds = {
        name: statistics.median(tokens / seconds for tokens, seconds in rounds)
        for name, rounds in results.items()
    }
    (first, base), *_ = speeds.items()
    tokens, num_rounds = results[first][0][0], len(results[first])
    print(f"{tokens} tokens a round, {num_rounds} rounds, {torch.get_num_threads()} threads")
    print(f"{'':22}{'tokens/s':>10}{'seconds':>10}{'ratio':>8}   (medians)")
    for name, speed in speeds.items():
        seconds = statistics.median(seconds for _, seconds in results[name])
        print(f"{name:22}{speed:10,.0f}{seconds:10.3f}{speed / base:8.2f}")


if __name__ == "__main__":
    main()
