"""Entities that a regular expression finds better than a learned model: numbers, codes, scores."""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.lexicon import entity_lexicon
from bot.nlu.mentions import find_entities


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class ResidentEntities(GraphComponent, EntityExtractorMixin):  # type: ignore[misc]  # rasa is untyped
    """Adds the entities of bot/lexicon/entities.yml to a message."""

    def __init__(self, config: dict[str, Any]) -> None:
        """Read the patterns."""
        self._config = config
        self._lexicon = entity_lexicon()

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> ResidentEntities:
        """Rasa's constructor."""
        return cls(config)

    def process(self, messages: list[Message]) -> list[Message]:
        """Write the found entities on each message."""
        for message in messages:
            found = find_entities(message.get(TEXT) or "", self._lexicon)
            entities = [{**vars(entity), "confidence_entity": 1.0} for entity in found]
            message.set(
                ENTITIES,
                message.get(ENTITIES, []) + self.add_extractor_name(entities),
                add_to_output=True,
            )
        return messages
