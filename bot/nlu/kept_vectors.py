"""Vectors of training texts on disk: from one training to the next most texts stay, and encoders are slow."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

#: Environment variable with the folder; without it nothing is kept.
FOLDER = "HOTLINE_VECTORS"
_TEXTS = "texts"
_ROWS = "rows"


def kept_vectors(name: str, texts: Sequence[str], encode: Callable[[list[str]], Any]) -> Any:
    """Rows of ``encode`` for ``texts``, made only for those that the last training with ``name`` had not.

    ``name`` stands for the encoder and whatever its vectors depend on. Two trainings at once both end right;
    what the later one had is kept.
    """
    folder = os.environ.get(FOLDER)
    if folder is None:
        return encode(list(texts))
    file = Path(folder) / f"{name}.npz"
    known = _read(file)
    missing = [text for text in dict.fromkeys(texts) if text not in known]
    if missing:
        known.update(zip(missing, encode(missing), strict=True))
    rows = np.stack([known[text] for text in texts])
    if missing:
        _write(file, texts, rows)
    return rows


def _read(file: Path) -> dict[str, Any]:
    if not file.exists():
        return {}
    with np.load(file, allow_pickle=False) as kept:
        texts = json.loads(bytes(kept[_TEXTS]).decode())
        return dict(zip(texts, kept[_ROWS], strict=True))


def _write(file: Path, texts: Sequence[str], rows: Any) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    encoded = np.frombuffer(json.dumps(list(texts)).encode(), dtype=np.uint8)
    with tempfile.NamedTemporaryFile(dir=file.parent, suffix=".unfinished", delete=False) as part:
        np.savez(part, **{_TEXTS: encoded, _ROWS: rows})
    Path(part.name).replace(file)
