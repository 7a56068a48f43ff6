"""Generation apart from the learner: `vllm serve` processes, and how long they are waited for."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from rlvr.config_base import AnyPath, Count, Positive, PositiveFloat, Section

Urls = Annotated[
    tuple[Annotated[str, Field(pattern=r"^https?://[^/\s]+$")], ...],
    Field(strict=False, description='a list of addresses, as ["http://10.0.0.2:8000"]'),
]
Devices = Annotated[
    tuple[Annotated[str, Field(pattern=r"^\d+(,\d+)*$")], ...],
    Field(strict=False, description='a list with GPU numbers for each replica, as ["1", "2,3"]'),
]


class ServerConfig(Section):
    """``replicas`` servers started here, or the running ones at ``urls``.

    ``devices`` has one entry a replica: the numbers of its GPUs, over which the model is split
    (tensor parallel). A server that fails more than ``restarts`` times in a row, without a
    completion in between, ends the run.
    """

    urls: Urls = ()
    replicas: Positive = 1
    devices: Devices = ()
    transfer: Literal["auto", "nccl", "file"] = "auto"  # of weights; auto: nccl where there is CUDA
    start_seconds: PositiveFloat = 600.0  # until a new server answers
    request_seconds: PositiveFloat = 600.0  # for one completion, waiting in the server included
    update_seconds: PositiveFloat = 120.0  # for the weights of one server
    restarts: Count = 3
    logs: AnyPath | None = None  # folder of the servers' logs; without one they go with the run

    @model_validator(mode="after")
    def _devices_fit(self) -> Self:
        if self.urls and (self.devices or self.replicas > 1):
            raise ValueError(
                "urls names servers that run already, replicas and devices say what to start here: "
                "only one of the two is accepted"
            )
        for key, named in (("urls", self.urls), ("devices", ",".join(self.devices).split(","))):
            if twice := sorted({each for each in named if each and named.count(each) > 1}):
                raise ValueError(
                    f"{key} names {', '.join(twice)} more than once: each belongs to one server"
                )
        if self.devices and len(self.devices) != self.replicas:
            raise ValueError(
                f"devices must have one entry a replica; got {len(self.devices)} for "
                f"{self.replicas} replicas"
            )
        return self
