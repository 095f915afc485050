"""Labels as columns of numbers, and back: what every regression here shares."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Question:
    """Something to learn about texts: the answer for each, of which those in the places ``asked`` count."""

    answers: Sequence[str]
    asked: Sequence[int]


def columns(labels: Any) -> tuple[Any, Any]:
    """The different labels in order, and a row for each of ``labels`` with 1 in its column. float32."""
    names = np.unique(labels)
    return names, (labels[:, None] == names[None, :]).astype(np.float32)


def probabilities(scores: Any, sharpness: float) -> Any:
    """Positive and one in all, a row a text; ``sharpness`` multiplies the scores first."""
    sharp = scores * sharpness
    exponents = np.exp(sharp - sharp.max(axis=1, keepdims=True))
    return exponents / exponents.sum(axis=1, keepdims=True)
