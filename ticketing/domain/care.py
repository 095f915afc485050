"""All that the city may set about the work around a ticket."""

from collections.abc import Mapping
from dataclasses import dataclass

from ticketing.domain.casework import Form
from ticketing.domain.child_guard import ChildRules
from ticketing.domain.closure import ClosingRules
from ticketing.domain.discovery import DiscoveryRules
from ticketing.domain.orders import OrderRules
from ticketing.domain.plain_result import PlainRules
from ticketing.domain.quality import QualityRules
from ticketing.domain.reads import ReadRules
from ticketing.domain.repeats import RepeatRules
from ticketing.domain.second_look import LookRules
from ticketing.domain.timing import TimingRules
from ticketing.domain.waiting import WaitingRules


@dataclass(frozen=True, slots=True)
class Care:
    """The rules of all data files of the folder ``care``."""

    children: ChildRules
    forms: Mapping[str, Form]
    closing: ClosingRules
    repeats: RepeatRules
    results: PlainRules
    timing: TimingRules
    orders: OrderRules
    discovery: DiscoveryRules
    quality: QualityRules
    looks: LookRules
    reads: ReadRules
    waiting: WaitingRules
