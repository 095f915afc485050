"""Every text key used exists, every key that exists is used, and every error has its sentence."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.house.source_files import ROOT, Source, product_sources
from ticketing import yaml_files
from ticketing.domain import errors

TEXTS = ROOT / "ticketing" / "data" / "texts"
KEY = re.compile(r"[a-z_]+(\.[a-z0-9_]+)+")


def defined_keys(folder: Path = TEXTS) -> set[str]:
    """All keys, with the family in front."""
    return {f"{path.stem}.{key}" for path in sorted(folder.glob("*.yml")) for key in yaml_files.load(path)}


def mentioned(source: Source) -> Iterator[str]:
    """Every string of a file that could be a key, and every fixed beginning of one that is put together."""
    tree = source.tree
    joined = [node for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) and node.values]
    parts = {id(part) for node in joined for part in node.values}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in parts:
            yield node.value
    for text in joined:
        beginning = text.values[0]
        if isinstance(beginning, ast.Constant) and isinstance(beginning.value, str):
            yield f"{beginning.value}*"


def template_mentions() -> set[str]:
    """Keys and beginnings of keys in templates."""
    found: set[str] = set()
    for path in [
        *ROOT.glob("ticketing/**/*.html"),
        *ROOT.glob("bot/**/*.html"),
        *ROOT.glob("ticketing/data/**/*.yml"),
    ]:
        text = path.read_text(encoding="utf-8")
        found |= {match.group() for match in KEY.finditer(text)}
        found |= {f"{match}*" for match in re.findall(r"['\"]([a-z_]+\.[a-z_.]*)['\"]\s*[~+]", text)}
    return found


def unused(keys: set[str], uses: set[str]) -> set[str]:
    """Keys that nothing names, neither whole nor by their beginning."""
    beginnings = tuple(use.removesuffix("*") for use in uses if use.endswith("*") and "." in use)
    return {key for key in keys if key not in uses and not key.startswith(beginnings)}


def test_every_key_named_in_code_exists() -> None:
    keys = defined_keys()
    families = {key.split(".")[0] for key in keys}
    named = {
        text
        for source in product_sources()
        for text in mentioned(source)
        if KEY.fullmatch(text)
        and text.split(".")[0] in families
        and not text.endswith((".yml", ".py", ".html"))
    }

    assert named - keys == set()


def test_every_key_is_used() -> None:
    uses = {text for source in product_sources() for text in mentioned(source)} | template_mentions()
    uses |= {f"errors.{code}" for code in error_codes()}

    assert unused(defined_keys(), uses) == set()


def error_codes() -> set[str]:
    """Codes of all errors there are."""
    found, queue = set(), [errors.TicketingError]
    while queue:
        kind = queue.pop()
        found.add(kind.code)
        queue.extend(kind.__subclasses__())
    return found


def test_every_error_has_one_code_and_a_sentence() -> None:
    classes = [kind for kind in vars(errors).values() if isinstance(kind, type)]
    codes = [kind.code for kind in classes if issubclass(kind, errors.TicketingError)]

    assert len(codes) == len(set(codes))
    assert {f"errors.{code}" for code in codes} <= defined_keys()


def test_an_unused_key_is_caught() -> None:
    assert unused({"family.used", "family.put_together", "family.idle"}, {"family.used", "family.put_*"}) == {
        "family.idle"
    }
