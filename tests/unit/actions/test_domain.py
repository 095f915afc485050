"""The domain, the rules and the code name the same things."""

from pathlib import Path
from typing import Any

from rasa_sdk.executor import ActionExecutor

from actions.choices import choices
from tests.nlu.training_examples import NLU_FOLDER, examples_in
from ticketing import yaml_files

ROOT = Path(__file__).resolve().parents[3]
DIALOGUE = ROOT / "bot" / "dialogue"


def test_the_domain_and_the_action_server_know_the_same_actions() -> None:
    executor = ActionExecutor()
    executor.register_package("actions")

    ours = {name for name, run in executor.actions.items() if run.__self__.__module__.startswith("actions.")}

    assert ours == set(domain("actions"))


def test_every_response_named_in_the_code_exists_and_every_response_is_used() -> None:
    code = "".join(path.read_text() for path in (ROOT / "actions").glob("*.py"))
    rules = "".join(path.read_text() for path in (ROOT / "nlu_data" / "rules").glob("*.yml"))
    composed = {"utter_opened_", "utter_ask_report_form_", "utter_ask_addition_form_"}

    unused = {
        name
        for name in domain_mapping("responses")
        if name not in code + rules and not name.startswith(tuple(composed))
    }
    named = {word.strip("\"',()") for word in code.split() if word.strip("\"',()").startswith("utter_")}
    missing = named - set(domain_mapping("responses")) - {"utter_message"}

    assert unused == set()
    assert {name for name in missing if not name.startswith(tuple(composed))} == set()


def test_every_intent_of_the_domain_has_a_kind_and_the_other_way_round() -> None:
    kinds = read(ROOT / "bot" / "lexicon" / "intents.yml")

    assert sorted(domain("intents")) == sorted(name for names in kinds.values() for name in names)


def test_every_button_is_taught_to_the_model() -> None:
    taught = {example.text for example in examples_in(NLU_FOLDER)}
    on_responses = {
        button["payload"]
        for variants in domain_mapping("responses").values()
        for variant in variants
        for button in variant.get("buttons", ())
    }
    shown = choices()
    by_code = {
        *shown.matters.values(),
        *shown.ratings,
        shown.person,
        shown.skip,
        shown.stop_check,
        shown.accept,
        shown.decline,
    }

    assert (on_responses | by_code) - taught == set()


def test_a_tap_and_a_typed_message_are_the_same() -> None:
    for variants in domain_mapping("responses").values():
        for variant in variants:
            for button in variant.get("buttons", ()):
                assert button["title"] == button["payload"]


def domain(key: str) -> list[str]:
    """All items of a list in the domain's files."""
    return [item for path in sorted(DIALOGUE.rglob("*.yml")) for item in read(path).get(key, ())]


def domain_mapping(key: str) -> dict[str, Any]:
    """All entries of a mapping in the domain's files."""
    entries: dict[str, Any] = {}
    for path in sorted(DIALOGUE.rglob("*.yml")):
        entries |= read(path).get(key, {})
    return entries


def read(path: Path) -> dict[str, Any]:
    """A YAML file."""
    loaded: dict[str, Any] = yaml_files.load(path)
    return loaded
