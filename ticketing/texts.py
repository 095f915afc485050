"""Every Chinese sentence that programs say, found by key: ``<family>.<key>`` from ``<family>.yml``."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from ticketing import yaml_files
from ticketing.domain.errors import DataFault


@dataclass(frozen=True, slots=True)
class Texts:
    """Sentences with ``{placeholders}``; an unknown key or an unfilled one is a fault, not a blank."""

    sentences: Mapping[str, str]

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read every ``*.yml`` of ``folder``; raises DataFault for anything but flat text."""
        sentences: dict[str, str] = {}
        for path in sorted(folder.glob("*.yml")):
            sentences |= _family(path)
        return cls(sentences)

    def get(self, key: str, **params: str | int) -> str:
        """The sentence with its placeholders filled; raises DataFault if key or parameter is missing."""
        try:
            return self.sentences[key].format(**params)
        except (KeyError, IndexError, ValueError) as error:
            raise DataFault(detail=f"text {key}: {error!r}") from error

    def has(self, key: str) -> bool:
        """Whether there is such a sentence."""
        return key in self.sentences


def _family(path: Path) -> dict[str, str]:
    data = yaml_files.load(path)
    if not isinstance(data, dict):
        raise DataFault(detail=f"{path.name}: not a mapping")
    wrong = [key for key, text in data.items() if not isinstance(text, str)]
    if wrong:
        raise DataFault(detail=f"{path.name}: not a text under {wrong}")
    return {f"{path.stem}.{key}": text for key, text in data.items()}
