"""What residents send on Telegram beside text: fetched later, tried again, lost in the end (T-07)."""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from http import HTTPStatus
from itertools import count, pairwise

import pytest
from sqlalchemy import create_engine, text

from bot.channels.telegram_files import TelegramFiles
from bot.channels.telegram_outlet import Undeliverable
from bot.doctor import Mark
from bot.doctor import files_of as files_of_doctor
from bot.fetching import Fetching
from bot.worker import files_of
from tests.factories import FakeClock, a_finding, a_member
from tests.fakes.bot_api import MAX_FILE_BYTES, TOKEN, BotApi, Failure, Served, running_bot_api
from tests.integration.console_desk import CITY, desk_of, post
from tests.integration.own_house import own_house
from tests.integration.telegram_house import House, SmallGateway, lines_of
from tests.pictures import a_jpeg, a_voice
from ticketing.bootstrap import Runtime, build
from ticketing.console.attachment_pages import part_of
from ticketing.domain.arrival import Arrival, Kind
from ticketing.domain.attachments import (
    FIRST_GAP,
    LEASE,
    LONGEST_GAP,
    TRIED_FOR,
    Attached,
    AttachmentView,
    FileKind,
    FileState,
    Sort,
    Trouble,
)
from ticketing.domain.errors import NotPermitted
from ticketing.domain.staff import Role
from ticketing.domain.ticket import ChatLine
from ticketing.domain.triage import Finding
from ticketing.domain.vocabulary import Channel

CHAT = 4711
PHOTO = "photo"
CAPTION = "津北村有个孩子身上都是伤"


_chats = count(CHAT)


@dataclass(frozen=True, slots=True)
class Resident:
    """Somebody on Telegram, and the house he writes to."""

    runtime: Runtime
    chat: int

    def sends(self, *, finding: Finding | None = None, source: str = PHOTO) -> None:
        """A photo with a caption."""
        self.runtime.intake.receive(
            Arrival(
                channel=Channel.TELEGRAM,
                peer=str(self.chat),
                external_id=f"{self.chat}:{source}",
                kind=Kind.PHOTO,
                text=CAPTION,
                finding=finding or Finding.nothing(),
                payload={"file_id": source},
                attached=Attached(Sort.PICTURE, source),
            )
        )

    @property
    def lines(self) -> list[ChatLine]:
        """What is kept of his chat."""
        return lines_of(self.runtime, self.chat)

    @property
    def file(self) -> AttachmentView:
        """The file of his first line."""
        found = self.lines[0].attachment
        assert found is not None
        return found


@pytest.fixture(scope="module")
def clock() -> FakeClock:
    """A clock the tests move; it never goes back."""
    return FakeClock()


@pytest.fixture(scope="module")
def runtime(
    postgres: str, valkey_url: str, tmp_path_factory: pytest.TempPathFactory, clock: FakeClock
) -> Iterator[Runtime]:
    """One house for the module: each test has a resident of its own and leaves nothing to be fetched."""
    home = tmp_path_factory.mktemp("attachments")
    with own_house("attachments", (postgres, valkey_url), home, clock) as built:
        yield built


@pytest.fixture
def resident(runtime: Runtime) -> Resident:
    """Somebody who never wrote before."""
    return Resident(runtime, next(_chats))


@pytest.fixture
def bot_api() -> Iterator[BotApi]:
    """Telegram, as far as we see it."""
    with running_bot_api() as api:
        yield api


@pytest.fixture
def fetching(runtime: Runtime, bot_api: BotApi) -> Fetching:
    """A patient fetcher."""
    return fetcher(runtime, bot_api, within_s=30.0)


def fetcher(runtime: Runtime, bot_api: BotApi, *, within_s: float) -> Fetching:
    """One that waits so long for a whole file."""
    files = TelegramFiles(token=TOKEN, api_base=bot_api.url, within_s=within_s)
    return Fetching(runtime.attachments, {Channel.TELEGRAM: files})


def refuses(api: BotApi) -> None:
    """The file is not known there."""


def errs(api: BotApi) -> None:
    api.files[PHOTO] = Served(a_jpeg())
    api.fail_next("getfile", Failure(500, "Internal Server Error"))


def errs_at_the_file(api: BotApi) -> None:
    api.files[PHOTO] = Served(b"oops", status=502)


def hangs(api: BotApi) -> None:
    api.files[PHOTO] = Served(a_jpeg(), silence_s=1.5)


def breaks_off(api: BotApi) -> None:
    api.files[PHOTO] = Served(a_jpeg(), is_cut_off=True)


def asks_to_wait(api: BotApi) -> None:
    api.files[PHOTO] = Served(a_jpeg())
    api.fail_next("getfile", Failure(429, "Too Many Requests", retry_after_s=500))


def tells_too_much(api: BotApi) -> None:
    api.files[PHOTO] = Served(b"", told_bytes=MAX_FILE_BYTES + 1)


def sends_more_than_it_told(api: BotApi) -> None:
    api.files[PHOTO] = Served(a_jpeg() + bytes(MAX_FILE_BYTES), told_bytes=1000)


def sends_a_web_page(api: BotApi) -> None:
    api.files[PHOTO] = Served(b"<html><body>login</body></html>")


def sends_nothing(api: BotApi) -> None:
    api.files[PHOTO] = Served(b"")


@pytest.mark.parametrize(
    ("trick", "trouble"),
    [
        (refuses, Trouble.REFUSED),
        (errs, Trouble.UNREACHABLE),
        (errs_at_the_file, Trouble.UNREACHABLE),
        (hangs, Trouble.UNREACHABLE),
        (breaks_off, Trouble.UNREACHABLE),
        (asks_to_wait, Trouble.UNREACHABLE),
    ],
)
def test_with_the_store_down_the_text_is_kept_and_the_file_missing_until_it_is_back(
    resident: Resident,
    clock: FakeClock,
    bot_api: BotApi,
    fetching: Fetching,
    *,
    trick: Callable[[BotApi], None],
    trouble: Trouble,
) -> None:
    trick(bot_api)
    resident.sends()

    first = fetcher(resident.runtime, bot_api, within_s=0.5) if trick is hangs else fetching
    first.run()
    down = resident.file
    bot_api.files[PHOTO] = Served(a_jpeg())
    clock.advance(timedelta(seconds=501))
    fetching.run()

    assert (down.state, down.trouble) == (FileState.MISSING, trouble)
    assert resident.lines[0].text == CAPTION
    assert resident.file.state is FileState.KEPT


@pytest.mark.parametrize(
    ("trick", "trouble"),
    [
        (tells_too_much, Trouble.TOO_LARGE),
        (sends_more_than_it_told, Trouble.TOO_LARGE),
        (sends_a_web_page, Trouble.WEB_PAGE),
        (sends_nothing, Trouble.EMPTY),
    ],
)
def test_a_file_that_cannot_be_taken_is_lost_at_once_and_the_resident_asked_for_another_way(
    resident: Resident,
    clock: FakeClock,
    bot_api: BotApi,
    fetching: Fetching,
    *,
    trick: Callable[[BotApi], None],
    trouble: Trouble,
) -> None:
    trick(bot_api)
    resident.sends()

    fetching.run()
    clock.advance(TRIED_FOR)
    fetching.run()

    told = resident.lines
    assert (resident.file.state, resident.file.trouble) == (FileState.LOST, trouble)
    assert [line.direction for line in told] == ["in", "out"]
    assert "没能存下来" in told[1].text
    pushed = [delivery.peer for delivery in resident.runtime.outbox.due(100)]
    assert pushed.count(str(resident.chat)) == 1


@dataclass
class Store:
    """A source of files that may be down."""

    is_down: bool = True

    def fetch(self, source: str) -> bytes:
        """The file, or the fault of a channel that does not know it."""
        if self.is_down:
            raise Undeliverable(reason="BadRequest")
        return a_jpeg()


def test_tries_grow_apart_and_end_and_a_person_may_begin_anew(resident: Resident, clock: FakeClock) -> None:
    runtime, store = resident.runtime, Store()
    fetching = Fetching(runtime.attachments, {Channel.TELEGRAM: store})
    begun, tries = clock.now(), []
    worker = a_member(runtime, unit="village-xijin-jinbei")
    resident.sends(finding=a_finding())
    while (due_at := resident.file.due_at) is not None:
        clock.at = due_at
        tries.append(due_at)
        fetching.run()
    lost = resident.file
    store.is_down = False
    runtime.attachments.try_again(worker, lost.id)
    fetching.run()

    gaps = [late - early for early, late in pairwise(tries)]
    assert gaps[0] == FIRST_GAP
    assert gaps == sorted(gaps)
    assert TRIED_FOR - LONGEST_GAP < tries[-1] - begun <= TRIED_FOR
    assert (lost.state, lost.trouble) == (FileState.LOST, Trouble.REFUSED)
    assert sum("没能存下来" in line.text for line in resident.lines) == 1
    assert resident.file.state is FileState.KEPT


def test_a_kept_picture_is_for_those_who_may_read_the_report_and_nobody_else(
    resident: Resident, bot_api: BotApi, fetching: Fetching
) -> None:
    runtime = resident.runtime
    bot_api.files[PHOTO] = Served(a_jpeg())
    resident.sends(finding=a_finding())
    fetching.run()
    view = resident.file
    readers = [
        a_member(runtime, unit="village-xijin-jinbei"),
        a_member(runtime, role=Role.OPERATOR, unit="city-hotline"),
    ]
    strangers = [
        a_member(runtime, unit="town-nanshan"),
        a_member(runtime, role=Role.ADMIN, unit="city-hotline"),
        a_member(runtime, role=Role.ORGANISATION, unit="org-demo"),
    ]

    seen = [runtime.attachments.file(reader, view.id, is_preview=True) for reader in readers]

    assert view.kind is FileKind.JPG
    assert all(file.data.startswith(b"\xff\xd8") for file in seen)
    for stranger in strangers:
        with pytest.raises(NotPermitted):
            runtime.attachments.file(stranger, view.id)
        with pytest.raises(NotPermitted):
            runtime.attachments.try_again(stranger, view.id)


def test_what_a_dead_fetcher_had_taken_is_fetched_by_the_next_when_its_lease_is_over(
    resident: Resident, clock: FakeClock, bot_api: BotApi, fetching: Fetching
) -> None:
    bot_api.files[PHOTO] = Served(a_jpeg())
    resident.sends()
    assert len(resident.runtime.attachments.due()) == 1  # and then it dies

    early = fetching.run()
    clock.advance(LEASE)
    late = fetching.run()

    assert (early, late) == (0, 1)
    assert resident.file.state is FileState.KEPT


def test_a_redelivered_message_has_one_file_and_a_deleted_one_none(resident: Resident) -> None:
    for _ in range(2):
        resident.sends()
        resident.sends(finding=a_finding(), source="photo-2")
    engine = create_engine(resident.runtime.settings.database_url)
    of_resident = text(
        "select count(*) from attachments join messages on messages.id = message_id "
        "join conversations on conversations.id = conversation_id where peer = :peer"
    )
    with engine.begin() as connection:
        before = connection.scalar(of_resident, {"peer": str(resident.chat)})
        connection.execute(
            text("delete from messages where direction = 'in' and external_id = :id"),
            {"id": f"{resident.chat}:{PHOTO}"},
        )
        after = connection.scalar(of_resident, {"peer": str(resident.chat)})
        connection.execute(text("delete from attachments where state = 'missing'"))
    engine.dispose()

    assert (before, after) == (2, 1)


def test_a_photo_is_kept_and_fetched_while_valkey_is_away(
    resident: Resident, clock: FakeClock, bot_api: BotApi
) -> None:
    settings = replace(
        resident.runtime.settings,
        redis_url="redis://127.0.0.1:9/0",
        telegram_token=TOKEN,
        telegram_api_base=bot_api.url,
    )
    bot_api.files[PHOTO] = Served(a_jpeg())
    runtime = build(settings, clock=clock)

    Resident(runtime, resident.chat).sends()
    files_of(runtime).once()

    assert resident.file.state is FileState.KEPT
    runtime.close()


async def test_every_file_sent_on_telegram_is_noted_with_its_message_and_fetched_after_its_answer(
    resident: Resident, bot_api: BotApi, fetching: Fetching
) -> None:
    size = {"file_unique_id": "u", "width": 1, "height": 1}
    photos = [{"file_id": "small", **size}, {"file_id": PHOTO, **size}]
    voice = {"file_id": "voice", "file_unique_id": "v", "duration": 3}
    video = {"file_id": "video", "duration": 3, **size}
    paper = {"file_id": "paper", "file_unique_id": "p", "file_name": "..\\低保证明.pdf"}
    bot_api.files = {
        PHOTO: Served(a_jpeg()),
        "voice": Served(a_voice()),
        "video": Served(b"\0\0\0\x18ftypisom" + b"\0" * 50),
        "paper": Served(b"%PDF-1.4\n1 0 obj\n%%EOF"),
    }
    house = House(resident.runtime, bot_api, SmallGateway(resident.runtime))
    async with house.polling():
        for content in ({"photo": photos}, {"voice": voice}, {"video": video}, {"document": paper}):
            bot_api.deliver(bot_api.update(message=bot_api.message(resident.chat, **content)))
        await house.settled()

    calls_before = list(bot_api.calls)
    await asyncio.to_thread(fetching.run)

    kept = [line.attachment for line in resident.lines if line.direction == "in"]
    assert len(bot_api.texts_to(resident.chat)) == 4
    assert "getfile" not in calls_before
    assert [(file.sort, file.kind, file.name) for file in kept if file] == [
        (Sort.PICTURE, FileKind.JPG, ""),
        (Sort.SOUND, FileKind.OGG, ""),
        (Sort.VIDEO, FileKind.MP4, ""),
        (Sort.PAPER, FileKind.PDF, "低保证明.pdf"),
    ]


def test_the_pages_of_ticket_and_conversation_show_what_was_sent_with_headers_that_let_nothing_run(
    resident: Resident, bot_api: BotApi, fetching: Fetching
) -> None:
    runtime = resident.runtime
    bot_api.files |= {PHOTO: Served(a_jpeg()), "voice": Served(a_voice()), "paper": Served(b"%PDF-1.4 %%EOF")}
    for source in (PHOTO, "voice", "paper", "gone"):
        resident.sends(finding=a_finding(), source=source)
    fetching.run()
    worker = a_member(runtime, unit="village-xijin-jinbei")
    operator = a_member(runtime, role=Role.OPERATOR, unit=CITY)
    conversation = runtime.chats.conversation_of(Channel.TELEGRAM, str(resident.chat)) or ""
    ticket_view = runtime.reports.current(conversation)
    assert ticket_view is not None
    number = ticket_view.number
    photo, voice, paper, gone = (line.attachment.id for line in resident.lines if line.attachment)

    desk, office = desk_of(runtime, worker), desk_of(runtime, operator)
    ticket = desk.get(f"/console/tickets/{number}").text
    chat = office.get(f"/console/chats/{conversation}").text
    shown = desk.get(f"/console/attachments/{photo}")
    small = desk.get(f"/console/attachments/{photo}?size=small")
    saved = desk.get(f"/console/attachments/{paper}")
    piece = desk.get(f"/console/attachments/{voice}", headers={"Range": "bytes=0-3"})
    missing = desk.get(f"/console/attachments/{gone}")
    again = post(desk, f"/attachments/{gone}/again", back=f"/tickets/{number}/talk")
    elsewhere = post(desk, f"/attachments/{gone}/again", back="//evil.example")

    for page in (ticket, chat):
        assert f'src="/console/attachments/{photo}?size=small"' in page
        assert f'<audio controls preload="none" src="/console/attachments/{voice}">' in page
        assert f'href="/console/attachments/{paper}?save=1"' in page
        assert "图片还没取到：对方服务器不给这个文件" in page
    assert (shown.headers["content-type"], small.headers["content-type"]) == ("image/jpeg", "image/jpeg")
    assert shown.headers["content-disposition"].startswith("inline")
    assert saved.headers["content-disposition"] == f"attachment; filename*=UTF-8''{paper}.pdf"
    for answer in (shown, saved, piece):
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["content-security-policy"].startswith("default-src 'none'; sandbox")
        assert answer.headers["cache-control"] == "no-store"
    assert (piece.status_code, piece.content) == (HTTPStatus.PARTIAL_CONTENT, b"OggS")
    assert missing.status_code == HTTPStatus.NOT_FOUND
    assert again.headers["location"] == f"/console/tickets/{number}?done=try_file"
    assert elsewhere.headers["location"] == "/console/queue?done=try_file"
    stranger = desk_of(runtime, a_member(runtime, role=Role.ORGANISATION, unit="org-demo"))
    assert stranger.get(f"/console/attachments/{photo}").status_code == HTTPStatus.FORBIDDEN
    runtime.attachments.lose(gone, Trouble.REFUSED)


@pytest.mark.parametrize(
    ("wanted", "part"),
    [
        ("", None),
        ("bytes=0-", range(10)),
        ("bytes=2-3", range(2, 4)),
        ("bytes=5-99", range(5, 10)),
        ("bytes=10-", None),
        ("bytes=3-2", None),
        ("bytes=0-1,4-5", None),
        ("bytes=-5", None),
    ],
)
def test_a_part_of_a_file_is_within_the_file(wanted: str, part: range | None) -> None:
    assert part_of(wanted, 10) == part


def test_the_doctor_tells_how_many_files_are_still_to_come(resident: Resident) -> None:
    before = files_of_doctor(resident.runtime.settings)
    resident.sends()
    after = files_of_doctor(resident.runtime.settings)
    resident.runtime.attachments.lose(resident.file.id, Trouble.EMPTY)
    lost = files_of_doctor(resident.runtime.settings)

    assert (before.mark, after.mark, lost.mark) == (Mark.GOOD, Mark.NOTE, Mark.GOOD)
    assert int(after.params["missing"]) == 1
    assert int(lost.params["lost"]) == int(before.params["lost"]) + 1
