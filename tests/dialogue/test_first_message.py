"""Nobody waits because he is the first to write after a start."""

import time
from collections.abc import Callable
from pathlib import Path

import httpx

from tests.language_house import action_server, work_s
from ticketing.settings import Settings

LOADED_WITHIN_S = 60
#: Loading takes two seconds of work, an answer some hundredths.
WORK_OF_AN_ANSWER_S = 0.7
WORK_AT_REST_S = 0.1
NOT_UNDERSTOOD = {
    "next_action": "action_clarify",
    "sender_id": "first",
    "domain": {},
    "version": "3.6.21",
    "tracker": {
        "sender_id": "first",
        "slots": {},
        "latest_message": {"text": "嘟嘟嘟哒哒哒", "intent": {"name": "nlu_fallback"}, "entities": []},
        "events": [],
        "paused": False,
        "followup_action": None,
        "active_loop": {},
        "latest_action_name": None,
        "latest_event_time": 0,
    },
}


def test_the_process_that_answers_has_loaded_all_before_the_first_message(
    unspoken_house: Settings, tmp_path: Path
) -> None:
    with action_server(unspoken_house, tmp_path) as url:
        watch = work_s()
        wait_for_rest(watch)
        before = watch()

        answer = httpx.post(url, json=NOT_UNDERSTOOD, timeout=60, trust_env=False)

        assert answer.status_code == httpx.codes.OK
        assert watch() - before < WORK_OF_AN_ANSWER_S


def wait_for_rest(watch: Callable[[], float]) -> None:
    """Return once nothing of the house works any more."""
    deadline = time.monotonic() + LOADED_WITHIN_S
    before = watch()
    while time.monotonic() < deadline:
        time.sleep(0.5)
        if watch() - before < WORK_AT_REST_S:
            return
        before = watch()
