"""Runs inside the language server's environment: trains a Rasa configuration, or reads texts with it.

``train CONFIG ROWS MODEL`` learns from ROWS (lines of intent, aspect, text) and writes MODEL.
``parse MODEL TEXTS PARSES`` writes a line per text: what Rasa's HTTP interface would answer, and the seconds.
"""

import asyncio
import json
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rasa.core.agent import Agent
from rasa.model_training import train_nlu


def main(verb: str, first: str, second: str, third: str) -> None:
    """Do what the verb says; the last line of the output is how many seconds it took, imports left out."""
    started = time.perf_counter()
    if verb == "train":
        train(Path(first), Path(second), Path(third))
    else:
        asyncio.run(parse(Path(first), Path(second), Path(third)))
    sys.stdout.write(f"\n{time.perf_counter() - started:.3f}\n")


def train(config: Path, rows: Path, model: Path) -> None:
    """Write the model that the configuration makes of the rows."""
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "examples.json"
        examples = [_common_example(row) for row in _lines(rows)]
        data.write_text(json.dumps({"rasa_nlu_data": {"common_examples": examples}}), encoding="utf-8")
        written = train_nlu(str(config), str(data), folder, fixed_model_name="trial")
        Path(written or "").rename(model)


async def parse(model: Path, texts: Path, parses: Path) -> None:
    """Read every text as a lone message."""
    agent = Agent.load(str(model))
    await agent.parse_message("warm")
    with parses.open("w", encoding="utf-8") as out:
        for text in _lines(texts):
            started = time.perf_counter()
            found = await agent.parse_message(text)
            seconds = time.perf_counter() - started
            found.pop("text_tokens", None)
            out.write(json.dumps({"text": text, "parse": found, "seconds": seconds}) + "\n")


def _common_example(row: dict[str, Any]) -> dict[str, Any]:
    told = {key: row[key] for key in ("aspect", "risk") if row[key]}
    return {"text": row["text"], "intent": row["intent"], **({"intent_metadata": told} if told else {})}


def _lines(path: Path) -> Iterator[Any]:
    with path.open(encoding="utf-8") as file:
        yield from map(json.loads, file)


if __name__ == "__main__":
    main(*sys.argv[1:])
