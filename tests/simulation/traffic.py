"""What residents bring: how many, when, what, in which words; all of it decided by the seed."""

import math
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from ticketing.domain.clock import BEIJING
from ticketing.domain.vocabulary import Category, Channel, Risk
from ticketing.workdays import WorkCalendar

#: Ningguo's months: 2,343 requests with 594 dispatched (August 2021), 2,877 with 601 (April 2022).
REQUESTS_A_DAY, TICKETS_A_DAY = 85.0, 19.6
#: Requests answered at once that came in writing; the others were telephone calls and leave no trace here.
WRITTEN_SHARE = 0.33
REST_DAY, MONDAY = 0.65, 1.2
#: Of the storm day: the usual traffic times this, and so many tickets about one and the same outage.
STORM_TIMES, STORM_REPEATS = 3.0, 60
#: A matter that was told is told again by somebody else.
REPEAT_SHARE = 0.04
REPEAT_WITHIN_DAYS = 6
#: Calls by hour of the day; at night few, but they come.
HOURS = (1, 1, 1, 1, 1, 2, 4, 8, 14, 18, 17, 12, 7, 9, 15, 16, 14, 11, 8, 8, 7, 5, 3, 2)

TOWNS = (
    "西津街道",
    "南山街道",
    "河沥溪街道",
    "汪溪街道",
    "中溪镇",
    "港口镇",
    "梅林镇",
    "宁墩镇",
    "仙霞镇",
    "甲路镇",
)
TOWN_WEIGHTS = (46, 24, 20, 9, 22, 12, 8, 8, 6, 5)
CHILD_PLACES = (
    "西津街道津北村",
    "西津街道潘村",
    "南山街道杨山村",
    "南山街道独山村",
    "河沥溪街道畈村",
    "中溪镇",
)
STORM_PLACE = "河沥溪街道"
#: Category, risk, weight and what is told.
MATTERS: tuple[tuple[Category, Risk, int, tuple[str, ...]], ...] = (
    (
        Category.COMPLAINT, Risk.NONE, 34,
        ("楼上装修扰民", "垃圾没人清运", "窗口办事态度差", "物业乱收停车费", "工地夜里施工"),
    ),
    (
        Category.SERVICE_REQUEST, Risk.NONE, 20,
        ("老人想请人上门理发", "想请志愿者送饭", "家里电灯坏了请人修", "请人陪去医院"),
    ),
    (
        Category.OTHER_DEPARTMENT, Risk.NONE, 17,
        ("路灯不亮", "下水道堵了", "公交站牌坏了", "自来水发黄", "树枝压到电线"),
    ),
    (Category.ELDER_HARM, Risk.URGENT, 6, ("老人一个人在家没人照料", "养老院不给老人翻身", "儿子打骂老母亲")),
    (Category.URGENT_HARDSHIP, Risk.URGENT, 6, ("家里着火没地方住", "得了大病没钱看", "没米下锅了")),
    (Category.CHILD_PROTECTION, Risk.URGENT, 5, ("邻居天天打孩子", "孩子一个人锁在家里", "孩子身上都是伤")),
    (Category.FUNERAL_COMPLAINT, Risk.NONE, 4, ("殡仪馆多收了钱", "墓地管理费乱涨价")),
    (Category.HOMELESS_PERSON, Risk.URGENT, 2, ("桥下有个流浪老人", "车站有个走失的人")),
    (Category.DOMESTIC_VIOLENCE, Risk.EMERGENCY, 2, ("丈夫又动手打人", "前夫拿刀上门")),
    (Category.SELF_HARM, Risk.EMERGENCY, 1, ("说不想活了，站在楼顶",)),
    (Category.COUNSELLING, Risk.NONE, 2, ("心里难受想找人说说",)),
    (Category.LEGAL_AID, Risk.NONE, 1, ("工资要不回来想请律师",)),
)  # fmt: skip
WHERE_EXACTLY = (
    "小区门口",
    "老街上",
    "学校后面",
    "菜市场旁",
    "三组",
    "五组",
    "河边",
    "桥头",
    "村部旁",
    "超市楼上",
)
ASKED_AT_ONCE = ("低保怎么申请", "高龄津贴多少钱", "离婚要什么材料", "火化要多少钱", "残疾补贴在哪办")
CHANNELS, CHANNEL_WEIGHTS = (Channel.PHONE, Channel.WEB, Channel.WECHAT, Channel.TELEGRAM), (60, 12, 22, 6)


@dataclass(frozen=True, slots=True)
class Matter:
    """What really is the matter: two tickets of one ``id`` are repeats, all others are not."""

    id: int
    category: Category
    risk: Risk
    place: str
    told: str


@dataclass(frozen=True, slots=True)
class Request:
    """One thing one person brings; without a matter it is answered at once."""

    at: datetime
    channel: Channel
    peer: str
    matter: Matter | None
    text: str


class Traffic:
    """The requests of some days, in order of time."""

    def __init__(self, dice: random.Random, calendar: WorkCalendar, *, scale: float, storm_on: date) -> None:
        """``scale`` is the share of Ningguo's traffic."""
        self._dice = dice
        self._calendar = calendar
        self._scale = scale
        self._storm_on = storm_on
        self._matters = 0
        self._peers = 0
        self._recent: list[tuple[date, Matter]] = []

    def day(self, day: date) -> Iterator[Request]:
        """Requests of one day."""
        busy = self._scale * self._busy(day)
        found = [self._with_matter(day) for _ in range(self._about(TICKETS_A_DAY * busy))]
        at_once = self._about((REQUESTS_A_DAY - TICKETS_A_DAY) * busy)
        found += [self._at_once(day) for _ in range(at_once)]
        if day == self._storm_on:
            found += self._storm(day)
        yield from sorted(found, key=lambda one: (one.at, one.peer))

    def _busy(self, day: date) -> float:
        week = (MONDAY if day.weekday() == 0 else 1.0) if self._calendar.is_workday(day) else REST_DAY
        season = 1.0 + 0.1 * math.sin((day.month - 1) * math.pi / 6)
        return week * season * 1.1 * (STORM_TIMES if day == self._storm_on else 1.0)

    def _about(self, mean: float) -> int:
        return max(round(self._dice.gauss(mean, math.sqrt(mean))), 0)

    def _at(self, day: date) -> datetime:
        hour = self._dice.choices(range(24), HOURS)[0]
        second = self._dice.randrange(3600)
        there = datetime(day.year, day.month, day.day, hour, tzinfo=BEIJING) + timedelta(seconds=second)
        return there.astimezone(UTC)

    def _with_matter(self, day: date) -> Request:
        self._recent = [one for one in self._recent if (day - one[0]).days <= REPEAT_WITHIN_DAYS]
        if self._recent and self._dice.random() < REPEAT_SHARE:
            return self._told(day, self._dice.choice(self._recent)[1])
        category, risk, _, tellings = self._dice.choices(MATTERS, [one[2] for one in MATTERS])[0]
        child = category is Category.CHILD_PROTECTION
        place = self._dice.choice(CHILD_PLACES) if child else self._dice.choices(TOWNS, TOWN_WEIGHTS)[0]
        matter = self._new(category, risk, place, self._dice.choice(tellings))
        self._recent.append((day, matter))
        return self._told(day, matter)

    def _new(self, category: Category, risk: Risk, place: str, telling: str) -> Matter:
        self._matters += 1
        exactly = self._dice.choice(WHERE_EXACTLY)
        return Matter(self._matters, category, risk, place, f"{exactly}{telling}")

    def _told(self, day: date, matter: Matter) -> Request:
        opening = self._dice.choice(("我要反映，", "你好，", "", "麻烦看一下，"))
        ending = self._dice.choice(("", "，好几天了", "，请尽快处理", "，已经很久了"))
        text = f"{opening}{matter.place}{matter.told}{ending}"
        return Request(self._at(day), self._channel(), self._peer(), matter, text)

    def _at_once(self, day: date) -> Request:
        written = self._dice.random() < WRITTEN_SHARE
        channel = self._channel(written=True) if written else Channel.PHONE
        return Request(self._at(day), channel, self._peer(), None, self._dice.choice(ASKED_AT_ONCE))

    def _storm(self, day: date) -> list[Request]:
        outage = self._new(Category.OTHER_DEPARTMENT, Risk.NONE, STORM_PLACE, "大风刮断电线停电了")
        return [self._told(day, outage) for _ in range(self._about(STORM_REPEATS * self._scale))]

    def _channel(self, *, written: bool = False) -> Channel:
        start = 1 if written else 0
        return self._dice.choices(CHANNELS[start:], CHANNEL_WEIGHTS[start:])[0]

    def _peer(self) -> str:
        self._peers += 1
        return f"sim-{self._peers}"
