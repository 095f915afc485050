"""Reads the rules of the work around a ticket from the data folder."""

from collections.abc import Mapping
from pathlib import Path

from ticketing import yaml_files
from ticketing.domain.care import Care
from ticketing.domain.casework import forms_of
from ticketing.domain.child_guard import ChildRules
from ticketing.domain.closure import ClosingRules
from ticketing.domain.data_rows import row
from ticketing.domain.discovery import DiscoveryRules
from ticketing.domain.orders import OrderRules
from ticketing.domain.plain_result import PlainRules
from ticketing.domain.quality import QualityRules
from ticketing.domain.reads import ReadRules
from ticketing.domain.repeats import RepeatRules
from ticketing.domain.second_look import LookRules
from ticketing.domain.timing import TimingRules
from ticketing.domain.waiting import WaitingRules


def load_care(folder: Path) -> Care:
    """All rules of the ``care`` folder; raises DataFault."""
    return Care(
        children=ChildRules.from_mapping(_mapping(folder / "child_protection.yml")),
        forms=forms_of(_mapping(folder / "forms.yml")),
        closing=ClosingRules.from_mapping(_mapping(folder / "closing.yml")),
        repeats=RepeatRules.from_mapping(_mapping(folder / "repeats.yml")),
        timing=TimingRules.from_mapping(_mapping(folder / "timing.yml")),
        quality=QualityRules.from_mapping(_mapping(folder / "quality.yml")),
        results=PlainRules.from_mapping(_mapping(folder / "results.yml")),
        orders=OrderRules.from_mapping(_mapping(folder / "orders.yml")),
        discovery=DiscoveryRules.from_mapping(_mapping(folder / "discovery.yml")),
        looks=LookRules.from_mapping(_mapping(folder / "second_look.yml")),
        reads=ReadRules.from_mapping(_mapping(folder / "reads.yml")),
        waiting=WaitingRules.from_mapping(_mapping(folder / "waiting.yml")),
    )


def _mapping(path: Path) -> Mapping[str, object]:
    content: object = yaml_files.load(path)
    return row(content, path.name).values
