"""A message in the spool survives, in order, until the ledger has it."""

from pathlib import Path

from bot.spool import Spool
from tests.unit.gateway.messages import a_message
from ticketing.domain.arrival import Kind


def test_messages_come_back_whole_and_in_order(tmp_path: Path) -> None:
    messages = [
        a_message("一"),
        a_message("二\n😀", kind=Kind.LOCATION, payload={"name": "x"}),
        a_message("三"),
    ]
    for message in messages:
        Spool(tmp_path).keep(message)

    assert [waiting.message for waiting in Spool(tmp_path).waiting()] == messages
    assert Spool(tmp_path).depth() == 3


def test_what_is_done_is_forgotten_even_twice(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    spool.keep(a_message())
    (waiting,) = spool.waiting()

    spool.done(waiting)
    spool.done(waiting)

    assert list(spool.waiting()) == []


def test_a_file_that_cannot_be_read_is_set_aside_and_stops_nobody(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    spool.keep(a_message("后来的"))
    (tmp_path / "spool" / "0.json").write_text("{half")

    assert [waiting.message.text for waiting in spool.waiting()] == ["后来的"]
    assert (tmp_path / "spool" / "0.unreadable").read_text() == "{half"


def test_nobody_else_on_the_machine_reads_it(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    spool.keep(a_message())
    (waiting,) = spool.waiting()

    assert waiting.path.stat().st_mode & 0o077 == 0
    assert waiting.path.parent.stat().st_mode & 0o077 == 0


def test_an_empty_spool_needs_no_folder(tmp_path: Path) -> None:
    assert Spool(tmp_path).depth() == 0
    assert list(Spool(tmp_path).waiting()) == []
