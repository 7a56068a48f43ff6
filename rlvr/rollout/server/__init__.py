"""Generation by `vllm serve`: see ``docs/topologies.md``."""
