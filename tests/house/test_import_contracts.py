"""Imports run down only, and every library has its room; a fault put into a copy breaks its contract."""

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.house.source_files import PRODUCT, ROOT

#: Contract id, the file a fault is put into, and the fault.
FAULTS = {
    "floors": ("ticketing/storage/outbox.py", "import ticketing.services.intake"),
    "floors by type only": (
        "ticketing/domain/clock.py",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import ticketing.texts",
    ),
    "floors inside a function": (
        "ticketing/domain/clock.py",
        "def sneak() -> None:\n    import ticketing.settings",
    ),
    "domain": ("ticketing/domain/ticket.py", "import yaml"),
    "house": ("ticketing/services/chats.py", "import bot.messages"),
    "neighbours": ("actions/slots.py", "import bot.messages"),
    "language-server": ("bot/nlu/normalise.py", "import ticketing.domain.clock"),
    "room-sqlalchemy": ("ticketing/services/chats.py", "import sqlalchemy"),
    "room-queue": ("ticketing/services/chats.py", "import redis"),
    "room-jieba": ("ticketing/services/chats.py", "import jieba"),
    "room-rasa": ("ticketing/services/chats.py", "import rasa_sdk"),
    "room-telegram": ("bot/messages.py", "import telegram"),
    "room-web": ("ticketing/services/chats.py", "import fastapi"),
}


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    """The import linter's verdict on a checkout."""
    linter = Path(sys.executable).with_name("lint-imports")
    return subprocess.run(
        [linter, "--no-cache"], cwd=folder, capture_output=True, text=True, check=False, timeout=120
    )


def contract_names() -> dict[str, str]:
    """Names of the contracts by id, as the verdict prints them."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return {one["id"]: one["name"] for one in project["tool"]["importlinter"]["contracts"]}


def test_every_contract_has_its_seeded_fault() -> None:
    assert {case.split()[0] for case in FAULTS} == set(contract_names())


def test_all_contracts_are_kept() -> None:
    verdict = lint_imports(ROOT)

    assert verdict.returncode == 0, verdict.stdout


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The product's sources in a folder where faults may be put."""
    folder = tmp_path_factory.mktemp("copy")
    for package in PRODUCT:
        shutil.copytree(
            ROOT / package, folder / package, ignore=shutil.ignore_patterns(".venv", "__pycache__", "data")
        )
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


@pytest.mark.parametrize("case", FAULTS)
def test_a_fault_breaks_its_contract(copy: Path, case: str) -> None:
    path, fault = copy / FAULTS[case][0], FAULTS[case][1]
    sound = path.read_text(encoding="utf-8")
    path.write_text(f"{sound}\n{fault}\n", encoding="utf-8")

    verdict = lint_imports(copy)

    path.write_text(sound, encoding="utf-8")
    assert verdict.returncode == 1
    assert f"{contract_names()[case.split(maxsplit=1)[0]]} BROKEN" in verdict.stdout
