"""What is ours inside the language server: how the bot stands, and what its file of conversations keeps.

Rasa lives in an environment of its own, so each promise is tried there, in a process of that environment.
"""

import json
import os
import subprocess
from pathlib import Path

from bot.training import LANGUAGE_SERVER, PYTHON, ROOT
from ticketing import yaml_files

#: Gives {"left": …, "again": …} on a file with one old, one half old and one new conversation.
PURGE = """
import asyncio, json, sys, time
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from trackers import DAY_S, ConversationFile

def said(sender, *days_ago):
    tracker = DialogueStateTracker(sender, [])
    for days in days_ago:
        tracker.update(UserUttered("secret words of " + sender, timestamp=time.time() - days * DAY_S))
    return tracker

async def main():
    path = sys.argv[1]
    file = ConversationFile(Domain.empty(), db=path, keep_days=30)
    for tracker in (said("old", 40, 31), said("half", 40, 29), said("new", 1)):
        await file.save(tracker)
    ConversationFile(Domain.empty(), db=path, keep_days=30)
    left = [one for one in ("old", "half", "new") if await file.retrieve(one)]
    file.engine.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    await file.save(said("older", 99))
    before = await file.retrieve("older") is not None
    file._purge_at_s = 0.0
    await file.save(said("new", 0))
    daily = await file.retrieve("older") is None
    print(json.dumps({"left": left, "before": before, "daily": daily}))

asyncio.run(main())
"""
#: Gives how the bot stands after each of some things that may be pending.
STANDING = """
import json
from channels import standing
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActiveLoop, SlotSet
from rasa.shared.core.trackers import DialogueStateTracker

domain = Domain.load("bot/dialogue")

def after(*events):
    tracker = DialogueStateTracker("c-1", domain.slots)
    for event in events:
        tracker.update(event, domain)
    return standing(tracker)

print(json.dumps({
    "rest": after(SlotSet("topic", "dibao")),
    "form": after(SlotSet("topic", "dibao"), ActiveLoop("report_form")),
    "offer": after(SlotSet("offer", "human")),
    "asked_back": after(SlotSet("clarified", True)),
    "form_ended": after(ActiveLoop("report_form"), ActiveLoop(None)),
    "nobody": standing(None),
}))
"""


def run(program: str, *arguments: str) -> dict[str, object]:
    """What a program prints in the language server's environment."""
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": os.environ.get("HOME", "/"),
        "PYTHONPATH": f"{ROOT}:{LANGUAGE_SERVER}",
        "PYTHONWARNINGS": "ignore",
        "RASA_TELEMETRY_ENABLED": "false",
        "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
        "TF_CPP_MIN_LOG_LEVEL": "3",
    }
    command = [str(PYTHON), "-c", program, *arguments]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    printed: dict[str, object] = json.loads(done.stdout.splitlines()[-1])
    return printed


def test_conversations_that_rested_too_long_leave_the_file_at_the_start_and_every_day(tmp_path: Path) -> None:
    path = tmp_path / "tracker.db"

    done = run(PURGE, str(path))

    assert done == {"left": ["half", "new"], "before": True, "daily": True}
    assert b"secret words of old" not in path.read_bytes()


def test_the_bot_is_at_rest_only_when_nothing_is_pending() -> None:
    stood = run(STANDING)

    assert stood == {
        "rest": {"settled": True, "topic": "dibao"},
        "form": {"settled": False, "topic": "dibao"},
        "offer": {"settled": False, "topic": None},
        "asked_back": {"settled": False, "topic": None},
        "form_ended": {"settled": True, "topic": None},
        "nobody": {"settled": False, "topic": None},
    }


def test_words_are_kept_at_least_as_long_as_a_session_lasts() -> None:
    store = yaml_files.load(LANGUAGE_SERVER / "endpoints.yml")["tracker_store"]
    session = yaml_files.load(ROOT / "bot/dialogue/actions.yml")["session_config"]

    assert store["keep_days"] * 24 * 60 >= session["session_expiration_time"]
