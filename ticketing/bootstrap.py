"""Settings in, running system out: the only place that wires."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path

from ticketing import yaml_files
from ticketing.domain.clock import Clock, SystemClock
from ticketing.domain.data_rows import Row, row
from ticketing.domain.eligibility import Check
from ticketing.domain.masking import Masking
from ticketing.domain.objections import ObjectionRules
from ticketing.domain.permissions import Permissions
from ticketing.domain.places import Gazetteer
from ticketing.domain.referrals import ReferralRules
from ticketing.domain.routing import Catalogue
from ticketing.domain.spans import WorkTime
from ticketing.domain.staff import NewStaff, Role
from ticketing.domain.talk_words import TalkWords
from ticketing.knowledge.areas import load_catalogue, load_clock_rules, load_gazetteer, load_office_hours
from ticketing.knowledge.asked import load_questions
from ticketing.knowledge.care import load_care
from ticketing.knowledge.check_files import load_checks
from ticketing.knowledge.eligibility import Eligibility
from ticketing.knowledge.items import Shelf
from ticketing.knowledge.month import load_month_rules
from ticketing.knowledge.policies import Knowledge
from ticketing.knowledge.reading import digests, load_shelf
from ticketing.knowledge.terms import Terms
from ticketing.services.accounts import Accounts
from ticketing.services.answering import PolicyAnswers
from ticketing.services.attachments import Attachments
from ticketing.services.chats import Chats
from ticketing.services.checking import GuidedChecks
from ticketing.services.child_cases import ChildCases
from ticketing.services.city_desk import CityDesk
from ticketing.services.city_overview import CityOverview
from ticketing.services.city_sheet import CitySheet
from ticketing.services.deadlines import Deadlines
from ticketing.services.demo import DemoLogin, seed
from ticketing.services.discovering import Discovering
from ticketing.services.dispatch_desk import DispatchDesk
from ticketing.services.feedback import Feedback
from ticketing.services.filing import Filing
from ticketing.services.form_desk import FormDesk
from ticketing.services.intake import Intake
from ticketing.services.learning import Learning
from ticketing.services.live_city import LiveCity
from ticketing.services.live_dispatch import LiveDispatch
from ticketing.services.live_forms import LiveForms
from ticketing.services.model_desk import ModelDesk
from ticketing.services.monthly import Monthly
from ticketing.services.office import Office
from ticketing.services.open_questions import OpenQuestions
from ticketing.services.order_clock import OrderClock
from ticketing.services.order_pool import OrderPool
from ticketing.services.ordering import Ordering
from ticketing.services.quality import Quality
from ticketing.services.reads import Reads
from ticketing.services.referral_watch import ReferralWatch
from ticketing.services.repeats import Repeats
from ticketing.services.reporting import Reporting
from ticketing.services.reports import Reports
from ticketing.services.retrieving import PolicySearch
from ticketing.services.second_looks import SecondLooks
from ticketing.services.sending import Sending
from ticketing.services.tasks import TaskDesk
from ticketing.services.tickets import TicketDesk
from ticketing.services.timing import Timing
from ticketing.services.waiting_watch import WaitingWatch
from ticketing.services.workshop import Workshop
from ticketing.settings import Settings
from ticketing.storage.queue import JobQueue
from ticketing.storage.unit_of_work import Storage
from ticketing.texts import Texts
from ticketing.workdays import WorkCalendar

DATA = Path(__file__).resolve().parent / "data"
#: What the model learns from, which is not part of the installed package.
ASKED = DATA.parent.parent / "nlu_data" / "nlu" / "topics"


@dataclass(frozen=True, slots=True)
class Editing:
    """What editors work with beside the city's own facts."""

    feedback: Feedback
    open_questions: OpenQuestions
    forms: FormDesk


@dataclass(frozen=True, slots=True, repr=False)
class Runtime:
    """Everything a process of ours works with."""

    settings: Settings
    knowledge: Knowledge
    answers: PolicyAnswers
    search: PolicySearch
    intake: Intake
    reports: Reports
    tickets: TicketDesk
    repeats: Repeats
    timing: Timing
    child_cases: ChildCases
    tasks: TaskDesk
    ordering: Ordering
    order_pool: OrderPool
    order_clock: OrderClock
    discovering: Discovering
    chats: Chats
    second_looks: SecondLooks
    staff: Accounts
    deadlines: Deadlines
    referral_watch: ReferralWatch
    dispatch: DispatchDesk
    outbox: Sending
    checks: GuidedChecks
    reporting: Reporting
    monthly: Monthly
    city_desk: CityDesk
    city_overview: CityOverview
    city_sheet: CitySheet
    learning: Learning
    model_desk: ModelDesk
    workshop: Workshop
    editing: Editing
    office: Office

    @property
    def clock(self) -> Clock:
        """What time it is."""
        return self.office.clock

    @property
    def texts(self) -> Texts:
        """The sentences."""
        return self.office.texts

    @property
    def talk(self) -> TalkWords:
        """What residents say beside what they were asked."""
        return self.office.talk

    @property
    def gazetteer(self) -> Gazetteer:
        """Towns and villages."""
        return self.office.gazetteer

    @property
    def catalogue(self) -> Catalogue:
        """Units and who gets what."""
        return self.office.catalogue

    @property
    def permissions(self) -> Permissions:
        """Who may do what."""
        return self.office.permissions

    @property
    def quality(self) -> Quality:
        """The monthly sample; keeps nothing of its own."""
        return Quality(self.office)

    @property
    def attachments(self) -> Attachments:
        """What residents send beside text; keeps nothing of its own."""
        return Attachments(self.office, Filing(self.office))

    @property
    def reads(self) -> Reads:
        """Who read what; keeps nothing of its own."""
        return Reads(self.office)

    @property
    def waiting_watch(self) -> WaitingWatch:
        """Who is told that residents wait; keeps nothing of its own."""
        return WaitingWatch(self.office)

    def health(self) -> dict[str, bool]:
        """What of the house answers; the language server is asked elsewhere."""
        return {"database": self._database_answers(), "queue": self.office.queue.is_reachable()}

    def _database_answers(self) -> bool:
        return self.office.storage.is_reachable()

    def seed_demo(self) -> tuple[DemoLogin, ...]:
        """Put demo staff into an empty database; raises DemoRefused in production."""
        return seed(self.staff, demo_people(), production=self.settings.is_production)

    def close(self) -> None:
        """Give all connections back."""
        self.office.queue.close()
        self.office.storage.close()


def build(settings: Settings, *, clock: Clock | None = None) -> Runtime:
    """Wire a Runtime; opens no connection yet. Raises ConfigurationFault or DataFault."""
    office = build_office(settings, clock or SystemClock())
    filing, (knowledge, city, forms) = Filing(office), build_knowledge(office)
    city_desk, city_overview = CityDesk(office, knowledge, city), build_overview(office, knowledge)
    return Runtime(
        settings=settings,
        knowledge=knowledge,
        answers=PolicyAnswers(knowledge, office.texts, office.clock),
        search=build_search(office, knowledge),
        intake=Intake(office, filing),
        reports=Reports(office, filing),
        tickets=TicketDesk(office, filing),
        repeats=Repeats(office, filing, Terms(empty_words=office.care.repeats.empty_words)),
        timing=Timing(office, filing),
        child_cases=ChildCases(office, filing),
        tasks=TaskDesk(office, filing),
        ordering=Ordering(office, filing),
        order_pool=OrderPool(office, filing),
        order_clock=OrderClock(office),
        discovering=Discovering(office, filing),
        chats=Chats(office, filing),
        second_looks=SecondLooks(office, filing),
        staff=Accounts(office),
        deadlines=Deadlines(office, filing),
        referral_watch=ReferralWatch(office, filing),
        dispatch=DispatchDesk(office, filing),
        outbox=Sending(office),
        checks=build_checks(office, knowledge),
        reporting=Reporting(office),
        monthly=Monthly(office, load_month_rules(DATA / "month")),
        city_desk=city_desk,
        city_overview=city_overview,
        city_sheet=CitySheet(office, city_desk, city_overview),
        learning=Learning(office, knowledge, load_masking()),
        model_desk=ModelDesk(office),
        workshop=Workshop(office),
        editing=build_editing(office, knowledge, forms),
        office=office,
    )


def build_knowledge(office: Office) -> tuple[Knowledge, LiveCity, LiveForms]:
    """The policies, and what of them the city states and gives out itself."""
    city, forms = LiveCity(office.storage), LiveForms(office.storage)
    return load_knowledge(city, forms), city, forms


def load_knowledge(city: LiveCity, forms: LiveForms) -> Knowledge:
    """The policies of the data files with what the city stated and gives out."""
    shelf, checks, revisions = read_policies()
    asked = partial(load_questions, ASKED)
    return Knowledge(shelf, city=city, forms=forms, checks=checks, questions=asked, revisions=revisions)


# Data files do not change while a process runs. The large ones are read once, however many houses it builds.
@cache
def read_policies() -> tuple[Shelf, Mapping[str, Check], Mapping[str, str]]:
    """The policies, the guided checks by topic, and the state of each topic's files."""
    folder = DATA / "policies"
    shelf = load_shelf(folder)
    return shelf, load_checks(DATA / "eligibility", shelf), digests(folder)


@cache
def read_area() -> tuple[Gazetteer, Catalogue]:
    """The places that are served, and the directory of units with the catalogue of the data files."""
    return load_gazetteer(DATA / "areas"), load_catalogue(DATA)


@cache
def read_sentences() -> Texts:
    """Every sentence that programs say."""
    return Texts.load(DATA / "texts")


def build_overview(office: Office, knowledge: Knowledge) -> CityOverview:
    """What the city has still to say, by the units that keep each area."""
    return CityOverview(office, knowledge, read_texts(DATA / "units" / "knowledge.yml"))


def build_search(office: Office, knowledge: Knowledge) -> PolicySearch:
    """The search for what the model is unsure of."""
    answers = PolicyAnswers(knowledge, office.texts, office.clock)
    learning = Learning(office, knowledge, load_masking())
    return PolicySearch(knowledge, answers, learning, texts=office.texts, clock=office.clock)


def build_editing(office: Office, knowledge: Knowledge, forms: LiveForms) -> Editing:
    """What editors work with."""
    masking = load_masking()
    learning = Learning(office, knowledge, masking)
    questions = OpenQuestions(office, knowledge, learning, masking)
    return Editing(Feedback(office, masking), questions, FormDesk(office, knowledge, forms))


def load_masking() -> Masking:
    """What is taken out of residents' words before others read them."""
    return Masking.from_row(read(DATA / "masking.yml"))


def build_checks(office: Office, knowledge: Knowledge) -> GuidedChecks:
    """The guided checks of the data files; days of rest are those of the state's calendar."""
    calendar = WorkCalendar()
    eligibility = Eligibility(knowledge, office.texts, is_rest_day=lambda day: not calendar.is_workday(day))
    return GuidedChecks(eligibility, office.clock)


def build_office(settings: Settings, clock: Clock) -> Office:
    """The services' collaborators, from settings and data files."""
    gazetteer, catalogue = read_area()
    return Office(
        storage=Storage(settings.database_url),
        queue=JobQueue(settings.redis_url),
        clock=clock,
        texts=read_sentences(),
        gazetteer=gazetteer,
        catalogue=catalogue,
        clock_rules=load_clock_rules(DATA / "hotlines"),
        worktime=WorkTime(WorkCalendar(), load_office_hours(DATA / "hotlines")),
        permissions=Permissions.from_mapping(
            read(DATA / "permissions" / "permissions.yml").values, covers=catalogue.covers
        ),
        dispatching=LiveDispatch(catalogue),
        objections=ObjectionRules.from_mapping(read(DATA / "units" / "objections.yml").values),
        referrals=ReferralRules.from_mapping(read(DATA / "units" / "referrals.yml").values),
        care=load_care(DATA / "care"),
        talk=TalkWords(read(DATA / "talk.yml")),
        secret=settings.secret,
    )


def demo_people() -> tuple[NewStaff, ...]:
    """The demo staff of the data files."""
    data = read(DATA / "demo" / "staff.yml")
    password = data.text("password")
    return tuple(
        NewStaff(
            username=one.text("username"),
            name=one.text("name"),
            role=Role(one.text("role")),
            unit=one.text("unit"),
            password=password,
            demo=True,
        )
        for one in data.rows("staff")
    )


def read_texts(path: Path) -> dict[str, str]:
    """A flat data file of our own."""
    data = read(path)
    return {key: data.text(key) for key in data.values}


def read(path: Path) -> Row:
    """A data file of our own; raises DataFault if it is no mapping."""
    return row(yaml_files.load(path), path.name)
