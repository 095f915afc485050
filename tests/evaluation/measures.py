"""Everything that is measured, as figures; the report only writes them down."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.rasa_client import plain
from bot.scoring import label_of
from bot.worded import worded
from tests.evaluation.laboratory import Laboratory, Model, Parse
from tests.evaluation.outside import Outside, right_answers
from tests.evaluation.scores import Pairs, macro_f1, per_class, percentile
from tests.evaluation.verdicts import guess_of, verdicts
from tests.nlu.training_examples import Example
from ticketing.domain.triage import Assessment
from ticketing.domain.vocabulary import AT_RISK_CATEGORIES, Category, Risk

NO_ASPECT = "none"


@dataclass(frozen=True, slots=True)
class Reading:
    """One model and all it made of the texts asked so far."""

    laboratory: Laboratory
    model: Model

    def parses(self, texts: Sequence[str]) -> dict[str, Parse]:
        """By the text as the gateway hands it on, which is not always the text as written."""
        return self.laboratory.parses(self.model, [plain(text) for text in texts])

    def verdicts(self, texts: Sequence[str]) -> list[Assessment]:
        """The assistant's verdicts with this model; what is partly noise is read again without it."""
        words = {plain(text): worded(plain(text)) for text in texts}
        again = [cleaned for text, cleaned in words.items() if cleaned not in {"", text}]
        return verdicts(texts, {**self.parses(texts), **self.laboratory.parses(self.model, again)})

    def pairs(self, examples: Sequence[Example]) -> Pairs:
        """Right intent and likeliest intent."""
        parses = self.parses([one.text for one in examples])
        return [(one.intent, guess_of(parses[plain(one.text)]).intent) for one in examples]

    def answers(self, examples: Sequence[Example]) -> list[tuple[float, bool]]:
        """Confidence of the likeliest intent, and whether it is right."""
        parses = self.parses([one.text for one in examples])
        guesses = [(one.intent, guess_of(parses[plain(one.text)])) for one in examples]
        return [(guess.confidence, guess.intent == intent) for intent, guess in guesses]

    def aspects(self, examples: Sequence[Example]) -> Pairs:
        """Right aspect and given aspect, of examples that teach one and of bare mentions."""
        parses = self.parses([one.text for one in examples])
        return [(one.aspect or NO_ASPECT, _aspect(parses[plain(one.text)])) for one in examples]

    def seconds(self, examples: Sequence[Example]) -> list[float]:
        """How long each message took."""
        return [parse.seconds for parse in self.parses([one.text for one in examples]).values()]


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many."""

    count: int
    total: int

    @property
    def percent(self) -> float:
        """In hundredths; 0 of nothing is 0."""
        return 100 * self.count / max(self.total, 1)

    @property
    def per_thousand(self) -> float:
        """In thousandths."""
        return 10 * self.percent


@dataclass(frozen=True, slots=True)
class Latency:
    """Milliseconds a message takes inside the language server."""

    median: float
    tail: float


def at_risk(examples: Sequence[Example]) -> list[Example]:
    """Examples of what somebody must act on at once."""
    return [one for one in examples if one.intent in {str(category) for category in AT_RISK_CATEGORIES}]


def without_risk(examples: Sequence[Example]) -> list[Example]:
    """Examples of everything else."""
    dangerous = at_risk(examples)
    return [one for one in examples if one not in dangerous]


def raised(given: Sequence[Assessment]) -> Share:
    """How many verdicts call a person."""
    return Share(sum(verdict.risk is not Risk.NONE for verdict in given), len(given))


def in_right_category(examples: Sequence[Example], given: Sequence[Assessment]) -> Share:
    """How many verdicts name the category of the example."""
    right = sum(label_of(verdict) == one.intent for one, verdict in zip(examples, given, strict=True))
    return Share(right, len(examples))


def by_category(examples: Sequence[Example], given: Sequence[Assessment]) -> Mapping[str, Share]:
    """How many of each at-risk category are raised."""
    rows = list(zip(examples, given, strict=True))
    return {
        str(category): raised([verdict for one, verdict in rows if one.intent == category])
        for category in Category
        if category in AT_RISK_CATEGORIES
    }


def latency(reading: Reading, examples: Sequence[Example]) -> Latency:
    """Median and 95th percentile."""
    times = [1000 * second for second in reading.seconds(examples)]
    return Latency(percentile(times, 0.5), percentile(times, 0.95))


def outside_pairs(outside: Outside, labels: Sequence[str]) -> Pairs:
    """Coarse label, and the coarse label again where the answer was right, else the answer."""
    allowed = right_answers()
    return [
        (question.label, question.label if allowed[question.label].hold(slug) else slug)
        for question, slug in zip(outside.questions, labels, strict=True)
    ]


def outside_guesses(reading: Reading, outside: Outside) -> Pairs:
    """By the model's likeliest intent."""
    texts = [question.text for question in outside.questions]
    parses = reading.parses(texts)
    return outside_pairs(outside, [guess_of(parses[plain(text)]).intent for text in texts])


def outside_verdicts(reading: Reading, outside: Outside) -> Pairs:
    """By the assistant's verdict."""
    given = reading.verdicts([question.text for question in outside.questions])
    return outside_pairs(outside, [label_of(verdict) for verdict in given])


def macro(pairs: Pairs) -> float:
    """Mean F1 over the classes."""
    return macro_f1(per_class(pairs))


def _aspect(parse: Parse) -> str:
    aspect = parse.answer.get("aspect")
    return str((aspect or {}).get("name") or NO_ASPECT) if isinstance(aspect, dict) else NO_ASPECT
