"""Inside the server's engine: takes over weights from a file.

vLLM's own ways to hand weights over are for GPUs. This one is for machines without: it is loaded
with ``--worker-extension-cls``, before the model, and chosen with ``--weight-transfer-config``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from safetensors import safe_open
from vllm.distributed.weight_transfer import WeightTransferEngineFactory
from vllm.distributed.weight_transfer.base import (
    WeightTransferEngine,
    WeightTransferInitInfo,
    WeightTransferUpdateInfo,
)
from vllm.model_executor.model_loader.reload import (
    finalize_layerwise_reload,
    initialize_layerwise_reload,
)
from vllm.platforms import current_platform

from rlvr.rollout.amx import request_amx
from rlvr.rollout.heads import repack_heads

BACKEND = "rlvr-file"


@dataclass
class FileInit(WeightTransferInitInfo):
    """Nothing has to be agreed on beforehand."""


@dataclass
class FileUpdate(WeightTransferUpdateInfo):
    """``path`` of a safetensors file with all weights, in the hub's names and shapes."""

    path: str


class FileWeightTransferEngine(WeightTransferEngine[FileInit, FileUpdate]):
    """Reads the file on each worker, which keeps its own part of every weight."""

    init_info_cls = FileInit
    update_info_cls = FileUpdate

    def init_transfer_engine(self, init_info: FileInit) -> None:
        pass

    def start_weight_update(self) -> None:
        initialize_layerwise_reload(self.model)

    def update_weights(self, update_info: dict[str, Any]) -> None:
        # The base's waits for an accelerator, and a CPU has none.
        self.receive_weights(self.parse_update_info(update_info))

    def receive_weights(self, update_info: FileUpdate) -> None:
        model: Any = self.model
        with safe_open(update_info.path, framework="pt") as file:
            model.load_weights((name, file.get_tensor(name)) for name in file.keys())  # noqa: SIM118

    def finish_weight_update(self) -> None:
        finalize_layerwise_reload(self.model, self.model_config)
        if current_platform.is_cpu():
            repack_heads(self.model)

    def shutdown(self) -> None:
        pass


class WeightFiles:
    """Importing it is all that it is for: vLLM mixes it into its worker before the model loads."""


request_amx()  # a process that vLLM starts inherits no leave
WeightTransferEngineFactory.register_engine(BACKEND, FileWeightTransferEngine)
