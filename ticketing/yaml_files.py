"""Reads YAML, the safe kind only, with libyaml where PyYAML was built with it."""

from pathlib import Path
from typing import Any

import yaml

#: Parsing in Python takes eight times as long: half a second of every start.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def load(path: Path) -> Any:  # noqa: ANN401 - whatever the file says; the caller holds it to a shape
    """Content of a file; raises OSError or yaml.YAMLError."""
    return parse(path.read_text(encoding="utf-8"))


def parse(document: str) -> Any:  # noqa: ANN401 - as above
    """Content of a text; raises yaml.YAMLError."""
    return yaml.load(document, _LOADER)  # noqa: S506 - both loaders are safe ones
