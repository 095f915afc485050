"""Figures of a run kept in a file: tables and charts can be made again without playing it again."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from tests.simulation.figures import Figures, Spread, Stretch, Taken, Wait

WAITS = ("child_waits", "emergency_waits", "urgent_waits")


def keep(figures: Figures, path: Path) -> None:
    """Write them down."""
    path.write_text(json.dumps(asdict(figures), ensure_ascii=False), encoding="utf-8")


def kept(path: Path) -> Figures:
    """The same figures again, with the same digest."""
    told = json.loads(path.read_text(encoding="utf-8"))
    waits = {name: {when: _taken(one) for when, one in told[name].items()} for name in WAITS}
    rows = {
        "longest": tuple(Wait(**one) for one in told["longest"]),
        "stretches": tuple(_stretch(one) for one in told["stretches"]),
        "mistaken_waits": _taken(told["mistaken_waits"]),
        "months": {month: tuple(counts) for month, counts in told["months"].items()},
        "days": {day: tuple(counts) for day, counts in told["days"].items()},
        "child_minutes": tuple((when, minutes) for when, minutes in told["child_minutes"]),
    }
    return Figures(**{**told, **waits, **rows})


def _taken(told: Mapping[str, Any]) -> Taken:
    return Taken(Spread(**told["spread"]), told["late"])


def _stretch(told: Mapping[str, Any]) -> Stretch:
    return Stretch(**{**told, **{name: Spread(**told[name]) for name in ("call", "desk", "child")}})
