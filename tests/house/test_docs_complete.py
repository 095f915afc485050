"""Documents say what the code does: the diagram is the table, every setting and status is written down."""

import re

from tests.house.source_files import ROOT
from ticketing.domain.lifecycle import Move, Status, mermaid
from ticketing.domain.referrals import mermaid as referral_mermaid


def document(name: str) -> str:
    """A document's text."""
    return (ROOT / name).read_text(encoding="utf-8")


def settings_read() -> set[str]:
    """Names of environment variables that the settings read."""
    source = (ROOT / "ticketing" / "settings.py").read_text(encoding="utf-8")
    return set(re.findall(r'"((?:HOTLINE|TELEGRAM|DATABASE|REDIS|RASA)_[A-Z_]+)"', source))


def unmentioned(names: set[str], text: str) -> set[str]:
    """Names that a text does not have."""
    return {name for name in names if name not in text}


def test_the_diagrams_are_the_tables() -> None:
    assert mermaid() in document("docs/lifecycle.md")
    assert referral_mermaid() in document("docs/lifecycle.md")


def test_every_setting_is_in_the_operations_manual() -> None:
    assert unmentioned(settings_read(), document("docs/operations.md")) == set()


def test_every_move_is_in_the_glossary() -> None:
    moves = {f"Move.{move.name}" for move in Move}

    assert unmentioned(moves, document("docs/glossary.md")) == set()


def test_every_status_has_its_words_for_residents() -> None:
    text = document("ticketing/data/texts/status.yml")

    assert unmentioned({f"{status}:" for status in Status}, text) == set()


def test_a_setting_nobody_wrote_down_is_caught() -> None:
    assert unmentioned({"HOTLINE_SECRET", "HOTLINE_NEW"}, "`HOTLINE_SECRET`") == {"HOTLINE_NEW"}
