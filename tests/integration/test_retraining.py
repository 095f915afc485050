"""A run as a process of its own: killed in the middle it leaves nothing, and the next one gets through."""

from datetime import timedelta
from pathlib import Path

import psutil
import pytest

from bot.model_files import models_folder
from bot.retraining import tail_of, training_file, usable
from bot.scoring import held_out, without
from bot.serving import ModelKeeper, ModelSwitch
from bot.training import model_path
from tests.factories import NOON, FakeClock, a_member
from tests.integration.console_desk import CITY
from tests.nlu.training_examples import examples_of
from tests.tiny_model.trainer import TINY, starter
from ticketing.bootstrap import Runtime
from ticketing.domain.clock import SystemClock
from ticketing.domain.editor_examples import EditorExample
from ticketing.domain.staff import Actor, Role
from ticketing.domain.training import Phase, RunState
from ticketing.server_process import wait_until
from ticketing.services.workshop import SILENT_AFTER

NOBODY = "http://127.0.0.1:9"
BEGUN_WITHIN_S = 60


def an_example(text: str, topic: str = "dibao", aspect: str | None = None) -> EditorExample:
    return EditorExample(1, text, topic, aspect, "李编辑", NOON)


def a_keeper(runtime: Runtime, url: str = NOBODY) -> ModelKeeper:
    """As the scheduler has it, with the tiny model to train."""
    home = runtime.settings.home
    return ModelKeeper(runtime.workshop, home, model_path(home), ModelSwitch(url), starter(runtime.settings))


def a_shipped_model(home: Path) -> Path:
    """Something that lies where the shipped model does."""
    shipped = model_path(home)
    shipped.parent.mkdir(parents=True)
    shipped.write_bytes(b"shipped")
    return shipped


@pytest.mark.model
def test_a_killed_run_leaves_no_process_and_no_file_and_is_told_as_interrupted(
    runtime: Runtime, clock: FakeClock
) -> None:
    clock.at = SystemClock().now()
    supervisor = a_member(runtime, role=Role.SUPERVISOR, unit=CITY)
    runtime.learning.add(supervisor, ["嚼谷钱咋领"], topic="dibao", aspect=None)
    shipped = a_shipped_model(runtime.settings.home)
    keeper = a_keeper(runtime)
    keeper.look()
    run_id = runtime.model_desk.start(supervisor)
    keeper.look()
    assert wait_until(lambda: is_training(runtime, supervisor, run_id), BEGUN_WITHIN_S)
    trainer = next(one for one in psutil.Process().children() if "tests.tiny_model.trainer" in one.cmdline())
    family = [trainer, *trainer.children(recursive=True)]
    assert len(family) > 1
    assert trainer.nice() == psutil.Process().nice() + TINY.niceness
    keeper.look()
    assert len(list(models_folder(runtime.settings.home).rglob("editors.yml"))) == 1

    trainer.kill()

    _, alive = psutil.wait_procs(family, timeout=60)
    assert alive == []
    clock.at = SystemClock().now() + SILENT_AFTER + timedelta(seconds=1)
    keeper.look()
    run = runtime.model_desk.run(supervisor, run_id)
    assert (run.state, run.fault) == (RunState.FAILED, "interrupted")
    left = {path.name for path in models_folder(runtime.settings.home).iterdir()}
    assert left - {"retraining.log"} == {shipped.name}
    assert runtime.model_desk.start(supervisor) > run_id


def is_training(runtime: Runtime, actor: Actor, run_id: int) -> bool:
    """Whether the run has said that it trains."""
    return runtime.model_desk.run(actor, run_id).phase is Phase.TRAINING


def test_examples_are_written_as_training_reads_them() -> None:
    given = [
        an_example("低保: 怎么领 #", aspect="procedure"),
        an_example("嚼谷钱咋领"),
        an_example("嚼谷钱找谁", aspect="procedure"),
    ]

    read = {(one.intent, one.aspect, one.text) for one in examples_of(training_file(given))}

    assert read == {(one.topic, one.aspect, one.text) for one in given}


def test_words_of_danger_are_never_taught_as_a_mere_question() -> None:
    given = [an_example("我站在楼顶，不想活了"), an_example("嚼谷钱咋领")]

    assert [one.text for one in usable(given)] == ["嚼谷钱咋领"]


def test_what_is_taught_word_for_word_is_not_measured_by() -> None:
    messages = held_out()
    taught = [f"{messages[0].text}！！", "没有人问过的话"]

    part = without(messages, taught)

    assert part.omitted == 1
    assert messages[0] not in part.messages
    assert sum(message.is_at_risk for message in part.messages) > 200


def test_what_is_kept_of_the_trainers_words_tells_nothing_of_residents(tmp_path: Path) -> None:
    journal = tmp_path / "log"
    said = "Duplicate example '我爸在津北村 13856301234' in /opt/home/models/editors.yml"
    journal.write_text(f"{said}\nKeyError: 'x'\n")

    tail = tail_of(journal)

    assert tail == "Duplicate example '… …' in …editors.yml\nKeyError: 'x'"
