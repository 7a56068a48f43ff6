"""What passes between a pool and a worker: frames on two pipes, and a page of shared memory."""

from __future__ import annotations

import copyreg
import io
import mmap
import os
import pickle
import struct
import tempfile
from time import monotonic
from types import MappingProxyType
from typing import Any, NamedTuple
from zlib import crc32

_LENGTH = struct.Struct("<Q")
_DISPATCH = {  # the parameters of a problem are read-only, which pickle does not know
    **copyreg.dispatch_table,
    MappingProxyType: lambda mapping: (dict, (tuple(mapping.items()),)),
}
_STATE = struct.Struct("<qqqdd")
_CHECK = struct.Struct("<I")
_SLOT = _STATE.size + _CHECK.size


def pack_frame(content: Any) -> bytes:
    """A length and a pickle; both ends are ours, and no text of a model is ever unpickled."""
    file = io.BytesIO()
    file.write(_LENGTH.pack(0))
    pickler = pickle.Pickler(file, pickle.HIGHEST_PROTOCOL)
    pickler.dispatch_table = _DISPATCH
    pickler.dump(content)
    file.seek(0)
    file.write(_LENGTH.pack(file.getbuffer().nbytes - _LENGTH.size))
    return file.getvalue()


class FrameBuffer:
    """Bytes in, whole frames out."""

    def __init__(self) -> None:
        self._bytes = bytearray()

    def feed(self, data: bytes) -> list[Any]:
        """The frames that are complete with ``data``."""
        self._bytes += data
        frames = []
        while len(self._bytes) >= _LENGTH.size:
            end = _LENGTH.size + _LENGTH.unpack_from(self._bytes)[0]
            if len(self._bytes) < end:
                break
            frames.append(pickle.loads(memoryview(self._bytes)[_LENGTH.size : end].tobytes()))
            del self._bytes[:end]
        return frames


class State(NamedTuple):
    """The item in work, by index (-1: none yet), its phase, and the clocks when that began."""

    item: int
    answered: bool  # False: what the problem alone needs; True: the answer
    since: float  # monotonic s
    worked: float  # s of processor time of the worker


class Progress:
    """Where a worker stands: it writes here for each item, so that nothing need be sent.

    There are two slots, written in turn, each with a number and a checksum: a reader takes the
    newer one that is whole, whenever the writer was interrupted. One side writes at a time.
    """

    def __init__(self, descriptor: int | None = None) -> None:
        if descriptor is None:
            with tempfile.TemporaryFile() as file:
                file.truncate(mmap.PAGESIZE)
                self.descriptor = os.dup(file.fileno())
        else:
            self.descriptor = descriptor
        self._page = mmap.mmap(self.descriptor, mmap.PAGESIZE)

    def set(self, index: int, answered: bool, worked: float) -> None:
        number = self._newest()[0] + 1
        content = _STATE.pack(number, index, answered, monotonic(), worked)
        start = number % 2 * _SLOT
        self._page[start : start + _SLOT] = content + _CHECK.pack(crc32(content))

    def get(self) -> State:
        _, index, answered, since, worked = self._newest()
        return State(index, bool(answered), since, worked)

    def _newest(self) -> tuple[int, int, int, float, float]:
        slots = (self._page[start : start + _SLOT] for start in (0, _SLOT))
        whole = [
            _STATE.unpack(slot[: _STATE.size])
            for slot in slots
            if slot[_STATE.size :] == _CHECK.pack(crc32(slot[: _STATE.size]))
        ]
        return max(whole, default=(0, -1, 0, monotonic(), 0.0))

    def close(self) -> None:
        self._page.close()
        os.close(self.descriptor)
