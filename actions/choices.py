"""The words on buttons and the plans of the form, read from the data files beside this module."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from ticketing import yaml_files
from ticketing.domain.vocabulary import Category

_FOLDER = Path(__file__).resolve().parent


@dataclass(frozen=True, slots=True)
class Choices:
    """Button texts by slug."""

    matters: Mapping[str, str]
    #: Slugs to offer when the words give no hint.
    common: tuple[str, ...]
    ratings: tuple[str, ...]
    person: str
    skip: str
    stop_check: str
    accept: str
    decline: str

    def buttons(self, slugs: Iterable[str]) -> tuple[str, ...]:
        """Texts for those ``slugs`` that have one."""
        return tuple(self.matters[slug] for slug in slugs if slug in self.matters)


@dataclass(frozen=True, slots=True)
class FormPlan:
    """What the report form asks, by category and by who is writing."""

    adult: Mapping[str, tuple[str, ...]]
    child: Mapping[str, tuple[str, ...]]
    told_from_characters: int
    skip_up_to_characters: int
    act_up_to_characters: int

    def fields(self, category: Category, *, is_child: bool) -> tuple[str, ...]:
        """Questions in order."""
        asked = self.child if is_child and category in self.child else self.adult
        return asked[category]


@cache
def choices() -> Choices:
    """Button texts of choices.yml."""
    data = _load("choices.yml")
    return Choices(
        matters={**data["topics"], **data["categories"]},
        common=tuple(data["common"]),
        ratings=tuple(data["ratings"]),
        person=data["person"],
        skip=data["skip"],
        stop_check=data["stop_check"],
        accept=data["accept"],
        decline=data["decline"],
    )


@cache
def form_plan() -> FormPlan:
    """Questions of report_fields.yml."""
    data = _load("report_fields.yml")
    return FormPlan(
        adult={category: tuple(fields) for category, fields in data["adult"].items()},
        child={category: tuple(fields) for category, fields in data["child"].items()},
        told_from_characters=data["told_from_characters"],
        skip_up_to_characters=data["skip_up_to_characters"],
        act_up_to_characters=data["act_up_to_characters"],
    )


@cache
def windows() -> tuple[tuple[tuple[str, ...], str], ...]:
    """Words and the window they lead to, of windows.yml; the last row, without words, is for all others."""
    data = _load("windows.yml")
    rows = [(tuple(row["words"].split("|")), row["window"]) for row in data["windows"]]
    return (*rows, ((), data["default"]))


def window_for(text: str) -> str:
    """Who is responsible for what ``text`` is about, with a number."""
    return next(window for words, window in windows() if not words or any(word in text for word in words))


def _load(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml_files.load(_FOLDER / name)
    return loaded
