"""Reads how the monthly notice counts from the data folder."""

from pathlib import Path

import yaml

from ticketing.domain.data_rows import row
from ticketing.domain.month_rules import MonthRules


def load_month_rules(folder: Path) -> MonthRules:
    """Rules of the ``month`` folder; raises DataFault."""
    content: object = yaml.safe_load((folder / "rules.yml").read_text(encoding="utf-8"))
    return MonthRules.from_mapping(row(content, "month rules").values)
