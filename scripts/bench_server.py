"""What generation apart from the learner costs: `vllm serve` against vLLM in this process.

Both get the same model, prompts, seeds and settings, alternating in one run, and must write the
same tokens. Then the seconds that new weights take to reach each of them.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from pathlib import Path

# Beside this file; it puts the project on the path, and sets what torch reads when imported.
from bench_rollout import make_prompts, measure, parse_arguments, print_table, save_tiny_model

# isort: split
import torch

from rlvr.config_rollout import RolloutConfig
from rlvr.rollout.engine import Request, RolloutEngine, SamplingSettings
from rlvr.rollout.factory import make_engine
from rlvr.rollout.hub import load_weights, stop_token_ids


def main() -> None:
    args = parse_arguments()
    with tempfile.TemporaryDirectory() as folder:
        model_path = args.model or save_tiny_model(Path(folder))
        start = time.perf_counter()
        server = make_engine(model_path, settings(args, "server"), max_length(args))
        print(f"{server.name}: there after {time.perf_counter() - start:.1f} s")
        inside = make_engine(model_path, settings(args, "colocated"), max_length(args))
        try:
            compare({inside.name: inside, server.name: server}, model_path, args)
        finally:
            inside.close()
            server.close()


def settings(args: argparse.Namespace, topology: str) -> RolloutConfig:
    return RolloutConfig.model_validate(
        {
            "topology": topology,
            "engine": "vllm",
            "dtype": args.dtype,
            "max_sequences": args.requests,
            "kv_cache_gb": args.kv_cache_gb,
        }
    )


def max_length(args: argparse.Namespace) -> int:
    return int(args.prompt_tokens + args.new_tokens)


def compare(engines: dict[str, RolloutEngine], model_path: str, args: argparse.Namespace) -> None:
    prompts = make_prompts(args, avoid=set(stop_token_ids(model_path)))
    requests = [Request(prompt_ids=tuple(p), seed=seed) for seed, p in enumerate(prompts)]
    sampling = SamplingSettings(temperature=1.0, max_new_tokens=args.new_tokens)

    def contestant(engine: RolloutEngine):
        return lambda: [c.token_ids for c in engine.generate(requests, sampling)]

    contestants = {name: contestant(engine) for name, engine in engines.items()}
    first, second = (generate() for generate in contestants.values())
    equal = sum(one == other for one, other in zip(first, second, strict=True))
    print(f"{equal} of {len(first)} completions have the same tokens")
    print_table(measure(contestants, args.rounds))
    weights = list(load_weights(model_path, torch.float32))
    for name, engine in engines.items():
        seconds = []
        for version in range(1, args.rounds + 1):
            start = time.perf_counter()
            engine.update_weights(weights, version)
            seconds.append(time.perf_counter() - start)
        print(f"{name:22}weights updated in {statistics.median(seconds):.3f} s (median)")


if __name__ == "__main__":
    main()
