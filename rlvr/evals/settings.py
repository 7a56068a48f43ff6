"""All that an evaluation's numbers depend on; its folder can be gone on with under these alone."""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, NamedTuple

from rlvr.data.tasks import LeftOut

_WEIGHTS = (".safetensors", ".bin", ".json", ".jinja", ".model", ".txt")
_MAY_MOVE = ("model", "data")  # what is in them counts, not where they lie


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """``template`` names a file of ``prompts/``, within the model's chat template or not;
    ``stop`` are texts that end a completion; ``samples`` completions a problem are drawn.

    ``dtype`` is that of the weights: in float32 the batch has no influence, in bfloat16 it rounds.
    """

    model: str
    data: str
    split: str
    engine: str
    dtype: str
    template: str
    chat_template: bool
    stop: tuple[str, ...]
    samples: int
    temperature: float
    max_new_tokens: int
    seed: int
    model_digest: str
    data_digest: str

    def differences(self, other: Settings) -> list[str]:
        """``temperature: 0.7, not 1.0`` for each setting that the numbers depend on."""
        return [
            f"{name}: {getattr(self, name)}, not {getattr(other, name)}"
            for name in (field.name for field in fields(self))
            if name not in _MAY_MOVE and getattr(self, name) != getattr(other, name)
        ]


def to_json(settings: Settings, left_out: Sequence[LeftOut]) -> dict[str, Any]:
    return {**asdict(settings), "left_out": [asdict(each) for each in left_out]}


def from_json(content: Mapping[str, Any], path: Path) -> tuple[Settings, list[LeftOut]]:
    """Raises ``ValueError`` for what another version, or no evaluation, wrote."""
    names = [field.name for field in fields(Settings)]
    if set(content) != {*names, "left_out"}:
        raise ValueError(f"{path} holds no settings of an evaluation of this version")
    left_out = [LeftOut(**each) for each in content["left_out"]]
    values = {name: content[name] for name in names}
    return Settings(**values | {"stop": tuple(content["stop"])}), left_out


def digest_rows(rows: Sequence[Mapping[str, Any]]) -> str:
    text = json.dumps(rows, sort_keys=True, default=str)
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def digest_model(model: str) -> str:
    """Of a folder, of what its files hold; of a hub id, the commit where that is known."""
    folder = Path(model)
    if not folder.is_dir():
        from transformers import AutoConfig

        commit = getattr(AutoConfig.from_pretrained(model), "_commit_hash", None)
        return f"{model}@{commit}"
    digest = hashlib.blake2b(digest_size=16)
    for path in sorted(path for path in folder.iterdir() if path.name.endswith(_WEIGHTS)):
        with path.open("rb") as file:
            inner = hashlib.file_digest(file, hashlib.blake2b).hexdigest()
        digest.update(f"{path.name} {inner}\n".encode())
    return digest.hexdigest()


class Asking(NamedTuple):
    """How a model is asked."""

    template: str = "boxed"
    max_new_tokens: int = 1024
    chat_template: bool = True
    stop: tuple[str, ...] = ()


def usual(model: str) -> Asking:
    """As its run trained ``RUN/models/NAME``; else boxed.

    Raises ``ValueError`` for a run whose configuration does not say.
    """
    config = Path(model).absolute().parent.parent / "config.toml"
    if not config.is_file():
        return Asking()
    try:
        content = tomllib.loads(config.read_text("utf-8"))
        model_section, rollout = content["model"], content["rollout"]
        return Asking(
            model_section["prompt_template"],
            rollout["max_new_tokens"],
            model_section.get("chat_template", True),  # runs of older versions name neither
            tuple(rollout.get("stop", ())),
        )
    except (tomllib.TOMLDecodeError, KeyError) as error:
        raise ValueError(
            f"{config} does not say how the model was asked ({error}); give --template and"
            " --max-new-tokens"
        ) from error
