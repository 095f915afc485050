"""What the encoder has learned of how residents write: small changes to its weights, kept in a file of ours.

Made by ``bot.tuning``, a product of two narrow matrices for each (LoRA, Hu et al. 2021).
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import numpy as np

FILE = Path(__file__).with_name("adapter.npz")
UP, DOWN = "up", "down"
_NAME_CHARACTERS = 8


class Adapter:
    """The changes, loaded; without a file there are none."""

    def __init__(self, path: Path | None) -> None:
        """Read ``path``; None stands for no changes at all."""
        self.name = "plain"
        self._parts: dict[str, Any] = {}
        if path is not None:
            self.name = hashlib.sha256(path.read_bytes()).hexdigest()[:_NAME_CHARACTERS]
            with np.load(path, allow_pickle=False) as kept:
                self._parts = {name: kept[name] for name in kept.files}

    def change(self, node: str) -> Any:
        """What is added to the weights of a product, shape (inputs, outputs), float32; 0 if nothing."""
        up, down = self._parts.get(part(node, UP)), self._parts.get(part(node, DOWN))
        if up is None or down is None:
            return np.float32(0)
        return (up.astype(np.float32) @ down.astype(np.float32)).T


def part(node: str, half: str) -> str:
    """Name in the file of one of the two matrices of a product: UP (outputs, rank) or DOWN (rank, inputs)."""
    return f"{node}.{half}"
