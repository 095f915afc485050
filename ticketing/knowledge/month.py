"""Reads how the monthly notice counts from the data folder."""

from pathlib import Path

from ticketing import yaml_files
from ticketing.domain.data_rows import row
from ticketing.domain.month_rules import MonthRules


def load_month_rules(folder: Path) -> MonthRules:
    """Rules of the ``month`` folder; raises DataFault."""
    content: object = yaml_files.load(folder / "rules.yml")
    return MonthRules.from_mapping(row(content, "month rules").values)
