"""Which examples the sentence encoder has learned from: they stay in the train part, whatever is added.

``python -m tests.evaluation.tuned_on rows FILE`` writes the present train part for ``bot.tuning``; when that
has learned, ``... note FILE`` notes it.
"""

import hashlib
import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from tests.nlu.training_examples import Example, intents_of_kind

_NOTED: Final = Path(__file__).with_name("tuned_on.bin")
_BYTES: Final = 8
_FOLLOW_UP: Final = "follow_up"
_NO_ASPECT: Final = "none"


def among(examples: Iterable[Example]) -> list[str]:
    """Texts of those it has learned from."""
    if not _NOTED.exists():
        return []
    data = _NOTED.read_bytes()
    known = {data[start : start + _BYTES] for start in range(0, len(data), _BYTES)}
    return [one.text for one in examples if _digest(one.text) in known]


def write(examples: Iterable[Example], rows: Path) -> None:
    """Lines that ``bot.tuning`` reads."""
    asks = {*intents_of_kind("topic"), _FOLLOW_UP}
    with rows.open("w", encoding="utf-8") as file:
        for one in examples:
            row = {
                "text": one.text,
                "intent": one.intent,
                "aspect": one.aspect or _NO_ASPECT,
                "asks": one.intent in asks,
                "grade": one.risk,
            }
            file.write(json.dumps(row, ensure_ascii=False) + "\n")


def note(rows: Path) -> None:
    """Keep digests of the texts that the encoder has learned from now."""
    with rows.open(encoding="utf-8") as file:
        _NOTED.write_bytes(b"".join(sorted({_digest(json.loads(line)["text"]) for line in file})))


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()[:_BYTES]


if __name__ == "__main__":
    verb, path = sys.argv[1:]
    if verb == "note":
        note(Path(path))
    else:
        # The parts are read off the note, so not while it is imported for them.
        from tests.evaluation.data import load

        write(load().train, Path(path))
