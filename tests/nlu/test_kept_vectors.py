"""Vectors of training texts are made once, whoever trains next; in the language server's environment."""

import json
import subprocess
from pathlib import Path

from bot.training import PYTHON, ROOT, language_environment

#: Encodes texts as their lengths; prints the rows and what the encoder was asked for.
_PROGRAM = """
import json, sys
import numpy as np
from bot.nlu.kept_vectors import kept_vectors
asked = []
def lengths(texts):
    asked.extend(texts)
    return np.array([[len(text)] for text in texts], dtype=np.float32)
rows = kept_vectors(sys.argv[1], sys.argv[2:], lengths)
print(json.dumps([rows.tolist(), asked]))
"""


def _trained(folder: Path | None, encoder: str, *texts: str) -> tuple[list[list[float]], list[str]]:
    environment = dict(language_environment())
    if folder is not None:
        environment["HOTLINE_VECTORS"] = str(folder)
    command = (str(PYTHON), "-c", _PROGRAM, encoder, *texts)
    # Our own program with our own arguments; no shell.
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=True)
    rows, asked = json.loads(done.stdout)
    return rows, asked


def test_only_new_texts_are_encoded_again_and_every_row_is_its_texts(tmp_path: Path) -> None:
    _trained(tmp_path / "vectors", "lengths", "a", "bb")
    rows, asked = _trained(tmp_path / "vectors", "lengths", "ccc", "bb", "ccc")
    assert asked == ["ccc"]
    assert rows == [[3], [2], [3]]


def test_another_encoder_shares_nothing(tmp_path: Path) -> None:
    _trained(tmp_path, "first", "a")
    assert _trained(tmp_path, "second", "a") == ([[1]], ["a"])


def test_without_a_folder_nothing_is_kept(tmp_path: Path) -> None:
    _trained(tmp_path, "lengths", "a")
    assert _trained(None, "lengths", "a") == ([[1]], ["a"])
