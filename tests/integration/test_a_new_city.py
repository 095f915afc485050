"""A new city starts from empty: a filled spreadsheet, two persons, and the same question before and after."""

import asyncio

from bot.gateway import Gateway
from tests.factories import FakeClock, a_member
from tests.integration.city_sheets import edited, fill, row_of
from tests.integration.house import a_gateway
from tests.integration.test_plain_answers import AT_REST, ReadingLanguage, reads
from tests.unit.gateway.messages import a_message
from ticketing.bootstrap import Runtime, build
from ticketing.domain.staff import Role
from ticketing.services.live_city import LOOK_EVERY_S
from ticketing.settings import Settings

QUESTION = "低保一个月多少钱"
CITY = "city-hotline"


class Resident(ReadingLanguage):
    """A language server that knows what is asked."""

    async def parse(self, text: str) -> dict[str, object]:
        """A question about the amount."""
        return dict(reads("dibao", "dibao", aspect="amount"))


async def asked(gateway: Gateway) -> str:
    """What a resident of the chat reads."""
    replies = await gateway.handle(a_message(QUESTION))
    return "\n".join(reply.text for reply in replies)


async def test_the_same_question_before_and_after_a_city_filled_in_its_spreadsheet(
    runtime: Runtime, settings: Settings, clock: FakeClock
) -> None:
    clerk = a_member(runtime, role=Role.OPERATOR, unit=CITY, name="陈接线")
    head = a_member(runtime, role=Role.SUPERVISOR, unit=CITY, name="郑主管")
    # Residents are answered by another process than the one staff work with.
    residents = build(settings, clock=clock)
    gateway = a_gateway(residents, Resident(standing=AT_REST))
    await gateway.handle(a_message("你好"))

    before = await asked(gateway)
    filled = edited(runtime.city_sheet.write(clerk), lambda sheet: fill(sheet, row_of(sheet)))
    taken = runtime.city_sheet.take_in(clerk, filled)
    await asyncio.sleep(LOOK_EVERY_S)
    waiting = await asked(gateway)
    runtime.city_desk.approve(head, [one.id for one in runtime.city_desk.pending(head)])
    await asyncio.sleep(LOOK_EVERY_S)
    after = await asked(gateway)
    first = runtime.city_overview.checklist(clerk).rows[0]
    residents.close()

    assert taken.entered == 1
    # What residents asked for is what is to be filled in next.
    assert (first.item.slug, first.asked > 0) == ("dibao", True)
    assert "本地低保标准：本市尚未录入，不能乱说，请打12345问清楚" in before
    assert waiting == before
    assert "本地低保标准：780元/人·月（宁民〔2026〕12号，2026年7月1日起）。" in after
    assert "尚未录入" not in after
