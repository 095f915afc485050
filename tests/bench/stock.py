"""A stock Rasa with a stock action server on the same training data: what ours is measured against.

In two recipes: what Rasa 3.6 takes when pipeline and policies are left to it, with the tokenizer for Chinese;
and one stripped of all that a bot of rules could do without. Both are spared more than ours: few epochs (the
networks are as large, and as slow, as after a hundred), the tracker in memory, no ticket, no ledger, no
safety net.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path

import yaml

from bot.servers import Program, running
from bot.training import PYTHON, ROOT
from tests.bench.questions import topics
from ticketing import yaml_files
from ticketing.bootstrap import DATA
from ticketing.knowledge.policies import Knowledge
from ticketing.server_process import LOOPBACK, free_port

EPOCHS = 1
FALLBACK = {"name": "FallbackClassifier", "threshold": 0.3, "ambiguity_threshold": 0.1}
WORDS = (
    {"name": "CountVectorsFeaturizer"},
    {"name": "CountVectorsFeaturizer", "analyzer": "char_wb", "min_ngram": 1, "max_ngram": 4},
)
NETWORK = {"epochs": EPOCHS, "constrain_similarities": True}
MEMORY = {"max_history": 5, "epochs": EPOCHS}


class Recipe(StrEnum):
    """Which stock Rasa."""

    #: ``rasa/engine/recipes/config_files/default_config.yml``, WhitespaceTokenizer replaced.
    DEFAULT = "default"
    #: No network but DIET.
    STRIPPED = "stripped"

    @property
    def shown(self) -> str:
        """Name in the tables."""
        return f"stock Rasa, {self.value} recipe"


PIPELINES: Mapping[Recipe, Sequence[Mapping[str, object]]] = {
    Recipe.DEFAULT: (
        {"name": "JiebaTokenizer"},
        {"name": "RegexFeaturizer"},
        {"name": "LexicalSyntacticFeaturizer"},
        *WORDS,
        {"name": "DIETClassifier", **NETWORK},
        {"name": "EntitySynonymMapper"},
        {"name": "ResponseSelector", **NETWORK},
        FALLBACK,
    ),
    Recipe.STRIPPED: (
        {"name": "JiebaTokenizer"},
        *WORDS,
        {"name": "DIETClassifier", "epochs": EPOCHS},
        FALLBACK,
    ),
}
POLICIES: Mapping[Recipe, Sequence[Mapping[str, object]]] = {
    Recipe.DEFAULT: (
        {"name": "MemoizationPolicy"},
        {"name": "RulePolicy"},
        {"name": "UnexpecTEDIntentPolicy", **MEMORY},
        {"name": "TEDPolicy", **MEMORY, "constrain_similarities": True},
    ),
    Recipe.STRIPPED: ({"name": "MemoizationPolicy"}, {"name": "RulePolicy"}),
}
#: The usual custom action: look the answer up, say it, remember what was asked.
ACTION = """
import json
from pathlib import Path

from rasa_sdk import Action
from rasa_sdk.events import SlotSet

ANSWERS = json.loads((Path(__file__).parent / "answers.json").read_text(encoding="utf-8"))


class Answer(Action):
    def name(self):
        return "action_answer"

    def run(self, dispatcher, tracker, domain):
        topic = tracker.latest_message["intent"]["name"]
        dispatcher.utter_message(text=ANSWERS.get(topic, "?"))
        return [SlotSet("topic", topic)]
"""


@dataclass(frozen=True, slots=True)
class Stock:
    """A trained stock bot with a folder to run in."""

    folder: Path
    model: Path

    @contextmanager
    def running(self) -> Iterator[str]:
        """URL of its REST server, with its action server beside it."""
        actions_port, port = free_port(), free_port()
        (self.folder / "endpoints.yml").write_text(
            yaml.safe_dump({"action_endpoint": {"url": f"http://{LOOPBACK}:{actions_port}/webhook"}})
        )
        actions = Program(
            name="stock-actions",
            command=(sys.executable, "-m", "rasa_sdk", "--actions", "actions", "--port", str(actions_port)),
            environment={**_environment(), "PYTHONPATH": str(self.folder), "PYTHONSAFEPATH": "1"},
            ready_url=f"http://{LOOPBACK}:{actions_port}/health",
        )
        rasa = Program(
            name="stock-rasa",
            command=(
                *(str(PYTHON), "-m", "rasa", "run", "--enable-api", "--model", str(self.model)),
                *("--endpoints", str(self.folder / "endpoints.yml"), "--port", str(port)),
                *("--credentials", str(self.folder / "credentials.yml"), "--interface", LOOPBACK),
            ),
            environment=_environment(),
            ready_url=f"http://{LOOPBACK}:{port}/status",
        )
        with ExitStack() as stack:
            stack.enter_context(running(actions, self.folder))
            stack.enter_context(running(rasa, self.folder))
            yield f"http://{LOOPBACK}:{port}"


def trained(recipe: Recipe, folder: Path, models: Path) -> Stock:
    """Write a stock bot into ``folder``, and train it unless one of the same data lies in ``models``.

    Raises CalledProcessError.
    """
    folder.mkdir(parents=True)
    _write(recipe, folder)
    stock = Stock(folder, models / f"stock-{recipe}-{_fingerprint(folder)}.tar.gz")
    if not stock.model.exists():
        shutil.move(_train(folder), stock.model)
    return stock


def _train(folder: Path) -> Path:
    command = (
        *(str(PYTHON), "-m", "rasa", "train", "--skip-validation", "--quiet"),
        *("--domain", str(folder / "domain.yml"), "--config", str(folder / "config.yml")),
        *("--data", str(ROOT / "nlu_data" / "nlu"), str(folder / "talk")),
        *("--out", str(folder / "models"), "--fixed-model-name", "stock"),
    )
    with (folder / "training.log").open("wb") as log:
        subprocess.run(command, cwd=folder, env=_environment(), stdout=log, stderr=log, check=True)
    return folder / "models" / "stock.tar.gz"


def _fingerprint(folder: Path) -> str:
    """Digest of all that the model is made from."""
    texts = sorted((ROOT / "nlu_data" / "nlu").rglob("*.yml"))
    written = [folder / name for name in ("config.yml", "domain.yml", "talk/rules.yml", "talk/stories.yml")]
    digest = hashlib.sha256(b"".join(path.read_bytes() for path in (*texts, *written)))
    return digest.hexdigest()[:12]


def _write(recipe: Recipe, folder: Path) -> None:
    # Our own button texts and rules are left out; the examples of every intent are the same.
    intents = sorted(_intents(ROOT / "nlu_data" / "nlu"))
    config = {"recipe": "default.v1", "language": "zh", "assistant_id": "stock"}
    networks = {"pipeline": list(PIPELINES[recipe]), "policies": list(POLICIES[recipe])}
    (folder / "talk").mkdir()
    for name, content in (
        ("config.yml", {**config, **networks}),
        ("domain.yml", _domain(intents)),
        ("talk/rules.yml", {"version": "3.1", "rules": _rules(intents)}),
        ("talk/stories.yml", {"version": "3.1", "stories": _stories(intents)}),
        ("credentials.yml", {"rest": None}),
    ):
        (folder / name).write_text(_yaml(content), encoding="utf-8")
    knowledge = Knowledge.load(DATA / "policies")
    today = date.today()  # noqa: DTZ011  # which policies are in force makes no difference to speed
    answers = {topic: knowledge.answer(topic, None, today=today).text for topic in topics()}
    (folder / "answers.json").write_text(json.dumps(answers), encoding="utf-8")
    (folder / "actions.py").write_text(ACTION, encoding="utf-8")


def _domain(intents: Sequence[str]) -> Mapping[str, object]:
    return {
        "version": "3.1",
        "intents": list(intents),
        "slots": {"topic": {"type": "text", "mappings": [{"type": "custom"}]}},
        "actions": ["action_answer"],
        "responses": {"utter_default": [{"text": "?"}]},
        "session_config": {"session_expiration_time": 60, "carry_over_slots_to_new_session": True},
    }


def _rules(intents: Sequence[str]) -> list[Mapping[str, object]]:
    return [
        {"rule": intent, "steps": [{"intent": intent}, {"action": "action_answer"}]}
        for intent in (*intents, "nlu_fallback")
    ]


def _stories(intents: Sequence[str]) -> list[Mapping[str, object]]:
    """Two questions one after the other: without a story TED and UnexpecTED would not be trained at all."""
    return [
        {
            "story": f"{first} then {second}",
            "steps": [
                step
                for intent in (first, second)
                for step in ({"intent": intent}, {"action": "action_answer"})
            ],
        }
        for first, second in zip(intents, (*intents[1:], intents[0]), strict=True)
    ]


def _yaml(content: object) -> str:
    """Without anchors, which Rasa's own reader does not take."""
    return yaml.dump(content, Dumper=_Plain, allow_unicode=True, sort_keys=False)


class _Plain(yaml.SafeDumper):
    def ignore_aliases(self, data: object) -> bool:
        del data
        return True


def _intents(folder: Path) -> set[str]:
    files = (yaml_files.load(path) for path in folder.rglob("*.yml"))
    return {block["intent"] for content in files for block in content["nlu"] if "intent" in block}


def _environment() -> dict[str, str]:
    """As a person would start it, but without telemetry."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
    return {
        **kept,
        "RASA_TELEMETRY_ENABLED": "false",
        "PYTHONWARNINGS": "ignore",
        "TF_CPP_MIN_LOG_LEVEL": "3",
    }
