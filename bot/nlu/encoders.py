"""Sentences as vectors, by an encoder whose weights lie inside a package."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import numpy as np

from bot.nlu.adapter import FILE, Adapter

_KEPT_VECTORS = 8192
#: Time grows with length: so many characters take 13 ms of processor.
LONGEST = 96


#: By the name of the encoder: what it learned here, or nothing.
_ADAPTERS = {"e5": FILE, "e5-plain": None}


class Encoder:
    """Unit vectors of texts; those asked for last are kept, since a message and its parts come up again."""

    def __init__(self, name: str, encode: Callable[[Sequence[str]], Any]) -> None:
        """``name`` tells encoders apart that give other vectors."""
        self.name = name
        self._encode = encode
        self._kept: OrderedDict[str, Any] = OrderedDict()

    def vectors(self, texts: Sequence[str]) -> Any:
        """One row per text, of whose beginning alone. Shape (len(texts), 384), float32."""
        cut = [text[:LONGEST] or " " for text in texts]
        missing = [text for text in dict.fromkeys(cut) if text not in self._kept]
        fresh = dict(zip(missing, unit(self._encode(missing)), strict=True)) if missing else {}
        found = np.stack([fresh[text] if text in fresh else self._kept[text] for text in cut])
        self._keep(fresh)
        return found

    def _keep(self, fresh: dict[str, Any]) -> None:
        self._kept.update(fresh)
        while len(self._kept) > _KEPT_VECTORS:
            self._kept.popitem(last=False)


def unit(rows: Any) -> Any:
    """Rows of length one; a row of zeros stays."""
    return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)


@cache
def encoder(name: str) -> Encoder:
    """The encoder of that name in config.yml, loaded once in a process."""
    # Loads ONNX Runtime and 70 MB of weights, not wanted where the pipeline is only imported.
    from bot.nlu.e5 import E5  # noqa: PLC0415

    e5 = E5(Adapter(_ADAPTERS[name]))
    return Encoder(e5.name, e5.vectors)
