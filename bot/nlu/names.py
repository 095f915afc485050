"""Labels as columns of numbers, and back: what every regression here shares."""

from __future__ import annotations

from typing import Any

import numpy as np


def columns(labels: Any) -> tuple[Any, Any]:
    """The different labels in order, and a row for each of ``labels`` with 1 in its column. float32."""
    names = np.unique(labels)
    return names, (labels[:, None] == names[None, :]).astype(np.float32)


def probabilities(scores: Any, sharpness: float) -> Any:
    """Positive and one in all, a row a text; ``sharpness`` multiplies the scores first."""
    sharp = scores * sharpness
    exponents = np.exp(sharp - sharp.max(axis=1, keepdims=True))
    return exponents / exponents.sum(axis=1, keepdims=True)
