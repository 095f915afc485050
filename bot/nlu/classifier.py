"""The intent of a resident's message, the aspect asked about, and every question in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

import joblib
import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import ENTITIES, INTENT, METADATA, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.lexicon import entity_lexicon, intent_kinds, simplified_signs
from bot.nlu.plain import Plain
from bot.nlu.reading import FOLLOW_UP, Danger, Guess, Reading, parts_of, read
from bot.nlu.stages import Judgement, Lesson, Opinion

_NO_ASPECT = "none"
_ASPECT_MIN = 0.4
_RANKING_LENGTH = 10
#: What a text of the training data, letter by letter, is worth; the rest is for the second guess.
_EXACT = 0.99
_CACHED_READINGS = 4096
_MODEL_FILE = "resident_classifier.joblib"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class ResidentClassifier(IntentClassifier, GraphComponent):  # type: ignore[misc]  # rasa is untyped
    """A quick opinion on intent and aspect, and a better one by a sentence encoder when it is not sure."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """See config.yml for what each of them does."""
        return {
            "encoder": "e5",
            "sure": 0.97,
            "sharpness": 15.0,
        }

    @staticmethod
    def required_packages() -> list[str]:
        """Packages by the name they are installed and imported under; the encoder is not one of them."""
        return ["sklearn"]

    def __init__(self, config: dict[str, Any], model_storage: ModelStorage, resource: Resource) -> None:
        """An untrained classifier."""
        self._config = config
        self._storage = model_storage
        self._resource = resource
        self._lexicon = entity_lexicon()
        self._kinds = intent_kinds()
        self._simplified = simplified_signs()
        self._plain = Plain()
        self._trained: dict[str, Any] = {}
        self._reading = lru_cache(maxsize=_CACHED_READINGS)(self._read)

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> ResidentClassifier:
        """Rasa's constructor before training."""
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> ResidentClassifier:
        """Rasa's constructor after training."""
        component = cls(config, model_storage, resource)
        with model_storage.read_from(resource) as folder:
            component._trained = joblib.load(folder / _MODEL_FILE)
        component._trained["judgement"].warm()
        return component

    def train(self, training_data: TrainingData) -> Resource:
        """Learn from every example with an intent."""
        examples = [e for e in training_data.intent_examples if e.get(INTENT) and e.get(TEXT)]
        intents = [example.get(INTENT) for example in examples]
        lesson = Lesson(
            texts=[self._plain.of(example.get(TEXT)) for example in examples],
            intents=intents,
            aspects=[_told_of(example, "aspect", _NO_ASPECT) for example in examples],
            asks=[self._asks(intent) for intent in intents],
            dangers=[intent in self._kinds.at_risk for intent in intents],
            grades=[_told_of(example, "risk", "") for example in examples],
        )
        self._trained = {"judgement": Judgement(lesson, self._config), "exact": _exact(lesson)}
        self.persist()
        return self._resource

    def persist(self) -> None:
        """Write the learned parts to Rasa's model storage."""
        with self._storage.write_to(self._resource) as folder:
            # Not compressed: Rasa packs the model anyway, and unpacking twice costs seconds at every start.
            joblib.dump(self._trained, folder / _MODEL_FILE)

    def process(self, messages: list[Message]) -> list[Message]:
        """Write intent, ranking, aspect and questions on each message."""
        for message in messages:
            text = message.get(TEXT) or ""
            _write(self._reading(text), text, message)
        return messages

    def _asks(self, intent: str) -> bool:
        """Whether one asks about something by it; of the others nobody said which aspect they are about."""
        return intent in self._kinds.topics or intent == FOLLOW_UP

    def _read(self, text: str) -> Reading:
        text = text.translate(self._simplified)
        parts = parts_of(text, self._lexicon)
        whole, *others = self._guesses([text, *parts])
        marked = [self._marked(guess, part) for guess, part in zip(others, parts, strict=True)]
        return read(whole, marked, self._kinds)

    def _marked(self, guess: Guess, part: str) -> Guess:
        if guess.intent not in self._kinds.topics or guess.aspect is not None:
            return guess
        return replace(guess, asks=self._lexicon.question.search(part) is not None)

    def _guesses(self, texts: Sequence[str]) -> list[Guess]:
        plain = [self._plain.of(text) for text in texts]
        judged: Judgement = self._trained["judgement"]
        seen = judged.of(plain)
        return [self._guess(text, seen, place) for place, text in enumerate(plain)]

    def _guess(self, text: str, seen: Opinion, place: int) -> Guess:
        judged: Judgement = self._trained["judgement"]
        intents, danger = seen.intents[place], seen.dangers[place]
        ranking = _ranking(judged.intent_names, intents)
        aspect, confidence = _ranking(judged.aspect_names, seen.aspects[place])[0]
        known: tuple[str, str] | None = self._trained["exact"].get(text)
        if known is not None:
            ranking, aspect, confidence = _lifted(ranking, known[0]), known[1], _EXACT
            danger = _EXACT if known[0] in self._kinds.at_risk else 0.0
        kind = self._kind_of_danger(ranking, intents)
        told = Danger(kind, float(danger), float(seen.emergencies[place]))
        if aspect == _NO_ASPECT or confidence < _ASPECT_MIN or not self._asks(ranking[0][0]):
            return Guess(ranking, None, confidence, told)
        return Guess(ranking, aspect, confidence, told)

    def _kind_of_danger(self, ranking: Sequence[tuple[str, float]], intents: Any) -> str | None:
        """The likeliest category at risk, however unlikely; None only where nothing teaches one."""
        everything = [*ranking, *_ranking(self._trained["judgement"].intent_names, intents, len(intents))]
        return next((name for name, _ in everything if name in self._kinds.at_risk), None)


def _told_of(example: Message, key: str, otherwise: str) -> str:
    """What the block of an example says beside its intent."""
    metadata = (example.get(METADATA) or {}).get(INTENT) or {}
    return str(metadata.get(key, otherwise))


def _exact(lesson: Lesson) -> Mapping[str, tuple[str, str]]:
    """Label of every training text that has only one."""
    labels: dict[str, set[tuple[str, str]]] = {}
    for text, intent, aspect in zip(lesson.texts, lesson.intents, lesson.aspects, strict=True):
        labels.setdefault(text, set()).add((intent, aspect))
    return {text: next(iter(found)) for text, found in labels.items() if len(found) == 1}


def _ranking(names: Any, probabilities: Any, length: int = _RANKING_LENGTH) -> tuple[tuple[str, float], ...]:
    best = np.argsort(-probabilities)[:length]
    return tuple((str(names[index]), float(probabilities[index])) for index in best)


def _lifted(ranking: tuple[tuple[str, float], ...], intent: str) -> tuple[tuple[str, float], ...]:
    others = tuple((name, score * (1 - _EXACT)) for name, score in ranking if name != intent)
    return ((intent, _EXACT), *others)


def _write(reading: Reading, text: str, message: Message) -> None:
    ranking = [{"name": name, "confidence": confidence} for name, confidence in reading.ranking]
    message.set(INTENT, dict(ranking[0]), add_to_output=True)
    message.set("intent_ranking", ranking, add_to_output=True)
    aspect = {"name": reading.aspect, "confidence": reading.aspect_confidence}
    message.set("aspect", aspect, add_to_output=True)
    message.set("danger", vars(reading.danger), add_to_output=True)
    message.set("questions", [vars(question) for question in reading.questions], add_to_output=True)
    if reading.aspect is not None:
        entity = {
            "entity": "aspect",
            "value": reading.aspect,
            "start": 0,
            "end": len(text),
            "extractor": ResidentClassifier.__name__,
        }
        message.set(ENTITIES, [*message.get(ENTITIES, []), entity], add_to_output=True)
