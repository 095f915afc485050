"""The training examples, in their parts."""

from dataclasses import dataclass

from bot.training import ROOT
from tests.evaluation import tuned_on
from tests.evaluation.split import Part, chosen, parts
from tests.nlu.training_examples import (
    NLU_FOLDER,
    Example,
    buttons_of,
    examples_in,
    examples_of,
    intents_of_kind,
)
from ticketing import yaml_files

_POLICIES = ROOT / "ticketing" / "data" / "policies"
_BUTTONS = NLU_FOLDER / "buttons.yml"


@dataclass(frozen=True, slots=True)
class Data:
    """Three parts of one whole."""

    train: list[Example]
    dev: list[Example]
    test: list[Example]

    @property
    def reported(self) -> list[Example]:
        """Test examples of topics and categories; talk is left out."""
        return of_topics_and_categories(self.test)


def load() -> Data:
    """All examples of nlu_data, split."""
    examples = examples_in(NLU_FOLDER)
    placed = parts(examples, fixed=[*_fixed(), *tuned_on.among(examples)])
    return Data(*(chosen(examples, placed, part) for part in Part))


def of_topics_and_categories(examples: list[Example]) -> list[Example]:
    """Those that ask about a policy or need a person."""
    wanted = set(intents_of_kind("topic", "at_risk", "category"))
    return [one for one in examples if one.intent in wanted]


def _fixed() -> list[str]:
    """What buttons send, letter by letter."""
    phrases = yaml_files.load(_POLICIES / "shared" / "phrases.yml")
    aspects = [key.removeprefix("ask_") for key in phrases if key.startswith("ask_")]
    buttons = [
        button for policy in sorted(_POLICIES.glob("*.yml")) for button in buttons_of(policy, aspects=aspects)
    ]
    return [one.text for one in (*buttons, *examples_of(_BUTTONS.read_text(encoding="utf-8")))]
