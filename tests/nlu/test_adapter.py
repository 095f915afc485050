"""What the encoder learned here is whole and is used; in the language server's environment."""

import json
import subprocess

import pytest

from bot.training import PYTHON, ROOT, language_environment
from ticketing import yaml_files

#: Less alike than rounding leaves the same vector.
_MOVED_BELOW = 0.99
#: Prints the names in the file, those that the network asks for, and for each text the cosine of its vectors
#: with and without what was learned.
_PROGRAM = """
import json, sys
import numpy as np
from bot.nlu.adapter import DOWN, FILE, UP, Adapter, part
from bot.nlu.e5 import E5
from bot.nlu.encoders import unit
asked = set()
class Watched(Adapter):
    def change(self, node):
        asked.update(part(node, half) for half in (UP, DOWN))
        return super().change(node)
texts = json.load(sys.stdin)
before, after = (unit(E5(adapter).vectors(texts)) for adapter in (Adapter(None), Watched(FILE)))
json.dump([sorted(np.load(FILE).files), sorted(asked), (before * after).sum(axis=1).tolist()], sys.stdout)
"""


@pytest.fixture(scope="module")
def told() -> tuple[list[str], list[str], list[float]]:
    sentences = yaml_files.load(ROOT / "tests" / "nlu" / "unseen_sentences.yml")
    texts = [text for kind in sentences.values() for text in kind.values()]
    # Our own program with our own texts; no shell.
    done = subprocess.run(
        (str(PYTHON), "-c", _PROGRAM),
        cwd=ROOT,
        env=dict(language_environment()),
        input=json.dumps(texts).encode(),
        capture_output=True,
        check=True,
    )
    kept, asked, alike = json.loads(done.stdout)
    assert len(alike) == len(texts)
    return kept, asked, alike


def test_the_file_has_what_the_network_asks_for_and_nothing_else(
    told: tuple[list[str], list[str], list[float]],
) -> None:
    kept, asked, _ = told

    assert kept == asked != []


def test_every_vector_is_moved_by_it(told: tuple[list[str], list[str], list[float]]) -> None:
    *_, alike = told

    assert [one for one in alike if one >= _MOVED_BELOW] == []
