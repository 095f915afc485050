"""Models trained for measuring and what they make of texts, kept by a digest of what they come from."""

import hashlib
import json
import subprocess
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from filelock import FileLock

from bot.model_files import models_folder
from bot.training import LANGUAGE_SERVER, PYTHON, ROOT, language_environment, training_environment
from tests.nlu.training_examples import Example

TRIAL: Final = Path(__file__).with_name("trial.py")
OURS: Final = ROOT / "config.yml"
STOCK: Final = Path(__file__).with_name("stock.yml")
#: What our component is made of; stock Rasa depends on none of it.
_OUR_CODE: Final = (
    "bot/nlu",
    "bot/lexicon/entities.yml",
    "bot/lexicon/intents.yml",
    "bot/lexicon/readings.yml",
    "bot/lexicon/traditional.yml",
    "nlu_data/jieba",
)
_DIGEST_CHARACTERS: Final = 16


@dataclass(frozen=True, slots=True)
class Parse:
    """What a model made of one text."""

    answer: Mapping[str, object]
    #: How long one message took, alone in a warm process, HTTP left out.
    seconds: float


@dataclass(frozen=True, slots=True)
class Model:
    """A trained configuration, on disk."""

    archive: Path
    #: How long the training took when it was done.
    training_seconds: float


class Laboratory:
    """Trains and reads in the language server's environment, each thing once, whoever else asks for it."""

    def __init__(self, folder: Path) -> None:
        """Keep models and parses in ``folder``."""
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def plain_configuration(self) -> Path:
        """Ours with an encoder that has learned nothing of these examples, to compare on a few of them."""
        told, learned = OURS.read_text(encoding="utf-8"), "encoder: e5\n"
        if learned not in told:
            raise ValueError(learned)
        config = self._folder / "plain.yml"
        config.write_text(told.replace(learned, "encoder: e5-plain\n"), encoding="utf-8")
        return config

    def trained(self, config: Path, examples: Sequence[Example]) -> Model:
        """The model of a configuration on examples, trained now unless kept."""
        rows = [
            {"intent": one.intent, "aspect": one.aspect, "risk": one.risk, "text": one.text}
            for one in examples
        ]
        archive = self._folder / f"{config.stem}-{_digest(config, rows)}.tar.gz"
        log = archive.with_suffix(".seconds")
        with FileLock(archive.with_suffix(".lock")):
            if not archive.exists():
                with _lines_file(rows) as file:
                    # Beside the shipped model's, most of whose texts are the same.
                    environment = training_environment(models_folder(self._folder.parent))
                    seconds = _run(environment, "train", config, file, archive)
                log.write_text(f"{seconds:.1f}", encoding="utf-8")
        return Model(archive, float(log.read_text(encoding="utf-8")))

    def parses(self, model: Model, texts: Iterable[str]) -> dict[str, Parse]:
        """What the model makes of every text."""
        with FileLock(model.archive.with_suffix(".lock")):
            return self._parses(model, dict.fromkeys(texts))

    def _parses(self, model: Model, wanted: Iterable[str]) -> dict[str, Parse]:
        kept = model.archive.with_suffix(".parses")
        known = dict(_parses(kept))
        if missing := [text for text in wanted if text not in known]:
            part = kept.with_suffix(".part")
            with _lines_file(missing) as file:
                # Read as it is served: on one thread.
                _run(language_environment(), "parse", model.archive, file, part)
            with kept.open("ab") as out:
                out.write(part.read_bytes())
            part.unlink()
            known = dict(_parses(kept))
        return {text: known[text] for text in wanted}


def _parses(path: Path) -> Iterator[tuple[str, Parse]]:
    if path.exists():
        with path.open(encoding="utf-8") as file:
            for row in map(json.loads, file):
                yield row["text"], Parse(row["parse"], row["seconds"])


def _run(environment: Mapping[str, str], verb: str, *paths: Path) -> float:
    """Seconds of the training or reading itself, which the trial prints last."""
    command = (str(PYTHON), str(TRIAL), verb, *map(str, paths))
    # Our own program with our own arguments; no shell.
    done = subprocess.run(
        command, cwd=ROOT, env={**environment, "PYTHONHASHSEED": "0"}, capture_output=True, check=True
    )
    return float(done.stdout.splitlines()[-1])


def _digest(config: Path, rows: Sequence[Mapping[str, object]]) -> str:
    digest = hashlib.sha256(config.read_bytes() + json.dumps(rows).encode() + TRIAL.read_bytes())
    digest.update((LANGUAGE_SERVER / "uv.lock").read_bytes())
    for file in _code_files() if config != STOCK else ():
        digest.update(str(file.relative_to(ROOT)).encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()[:_DIGEST_CHARACTERS]


def _code_files() -> Iterator[Path]:
    for name in _OUR_CODE:
        path = ROOT / name
        files = sorted(path.rglob("*")) if path.is_dir() else [path]
        yield from (file for file in files if file.suffix in {".py", ".yml", ".txt", ".npz"})


@contextmanager
def _lines_file(values: Iterable[object]) -> Iterator[Path]:
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl", encoding="utf-8") as file:
        file.writelines(f"{json.dumps(value)}\n" for value in values)
        file.flush()
        yield Path(file.name)
