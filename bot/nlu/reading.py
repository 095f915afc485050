"""From the scores of a message and its parts to one intent and up to three questions; pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.nlu.lexicon import EntityLexicon, IntentKinds

#: More than three answers at once nobody reads.
MAX_QUESTIONS = 3
#: A part must be this sure, on its own, to outrank what the whole message looks like.
_PROMOTION_MIN = 0.75
#: A clause of danger counts by itself from this on, unless the whole message shows that there is none: "my
#: father hanged himself two years ago, is my mother poor enough" is a question.
_PART_DANGER_MIN = 0.5
_WHOLE_DANGER_MIN = 0.3
#: From this on the whole message is believed on its topic, whatever its parts look like by themselves.
#: Measured on held-out examples: 0.5 to 0.85 are as good; asking the parts always costs seven of a thousand.
_WHOLE_TOPIC_FROM = 0.5
#: A part must be this sure to be a question of its own.
_QUESTION_MIN = 0.6
_SHORTEST_PART_CHARACTERS = 4
_PARTS_MIN = 2
_MAX_PARTS = 8
#: A question of detail about what was spoken of before.
FOLLOW_UP = "follow_up"


@dataclass(frozen=True)
class Danger:
    """How likely it is that somebody is at risk, the category that would be, and whether it is now."""

    name: str | None
    confidence: float
    #: How likely it is that a life is in danger at this moment, if there is danger at all.
    emergency: float = 0.0


_NO_DANGER = Danger(None, 0.0)


@dataclass(frozen=True)
class Guess:
    """What one text looks like: intents best first, and the aspect asked about."""

    ranking: tuple[tuple[str, float], ...]
    aspect: str | None
    aspect_confidence: float
    danger: Danger = _NO_DANGER
    #: A clause that names a topic without asking is background to another clause's question.
    asks: bool = True

    @property
    def intent(self) -> str:
        """Likeliest intent."""
        return self.ranking[0][0]

    @property
    def confidence(self) -> float:
        """Its probability."""
        return self.ranking[0][1]


@dataclass(frozen=True)
class Question:
    """One policy question."""

    topic: str
    aspect: str | None
    confidence: float


@dataclass(frozen=True)
class Reading:
    """All that a message says."""

    ranking: tuple[tuple[str, float], ...]
    aspect: str | None
    aspect_confidence: float
    questions: tuple[Question, ...]
    danger: Danger = _NO_DANGER


def parts_of(text: str, lexicon: EntityLexicon) -> list[str]:
    """Sentences and clauses that may stand alone; empty if the text is a single one.

    A clause that asks takes the one before it along: "my mother is eighty, what can she get" is one question;
    not if it begins something else: "he hits me, another thing, how do I apply".
    """
    units = [unit for sentence in lexicon.sentence_break.split(text) for unit in _units(sentence, lexicon)]
    if len(units) < _PARTS_MIN:
        return []
    return [unit for unit in units if len(unit) >= _SHORTEST_PART_CHARACTERS][:_MAX_PARTS]


def _units(sentence: str, lexicon: EntityLexicon) -> list[str]:
    units: list[str] = []
    background = False
    for clause in lexicon.clause_break.split(sentence):
        plain = clause.strip()
        if not plain:
            continue
        asks = lexicon.question.search(plain) is not None
        addition = lexicon.addition.match(plain)
        if addition is not None:
            units.append(plain[addition.end() :])
        elif asks and background:
            units[-1] += plain
        else:
            units.append(plain)
        background = not asks
    return units


def read(whole: Guess, parts: Sequence[Guess], kinds: IntentKinds) -> Reading:
    """The primary intent (category before topic before talk) and every question asked."""
    questions = _questions(whole, parts, kinds)
    primary = _primary(whole, parts, kinds)
    if primary.intent in kinds.topics and questions:
        doubtful = primary.confidence < _WHOLE_TOPIC_FROM
        primary = _clearest(primary, parts, questions) if doubtful else primary
    elif primary.intent in kinds.topics:
        questions = (Question(primary.intent, primary.aspect, primary.confidence),)
    asked = primary if primary.aspect else whole
    danger = max(whole.danger, primary.danger, key=_likelihood)
    return Reading(primary.ranking, asked.aspect, asked.aspect_confidence, questions, danger)


def _likelihood(danger: Danger) -> float:
    return danger.confidence


def _primary(whole: Guess, parts: Sequence[Guess], kinds: IntentKinds) -> Guess:
    """What the whole looks like, unless a part says something that weighs more.

    Danger told in one clause outweighs a question, and a question outweighs a greeting. That a clause alone
    looks like another department's matter says nothing: it has lost what it is about.
    """
    best = whole
    for part in parts:
        sure = part.asks and part.confidence >= _PROMOTION_MIN
        if sure and kinds.rank(part.intent) > kinds.rank(best.intent) and _weighs(part, whole, kinds):
            best = part
    return best


def _weighs(part: Guess, whole: Guess, kinds: IntentKinds) -> bool:
    if part.intent in kinds.at_risk:
        return part.danger.confidence >= _PART_DANGER_MIN and whole.danger.confidence >= _WHOLE_DANGER_MIN
    return part.intent in kinds.topics or kinds.rank(whole.intent) == 0


def _clearest(whole: Guess, parts: Sequence[Guess], questions: Sequence[Question]) -> Guess:
    """Two topics in one message make the whole look doubtful; the part that asks the first is not."""
    asking = [part for part in parts if part.asks and part.intent == questions[0].topic]
    same = [whole] if whole.intent == questions[0].topic else []
    return max([*asking, *same], key=_confidence, default=whole)


def _confidence(guess: Guess) -> float:
    return guess.confidence


def _questions(whole: Guess, parts: Sequence[Guess], kinds: IntentKinds) -> tuple[Question, ...]:
    found: list[Question] = []
    named: str | None = None
    for part in parts:
        if part.confidence < _QUESTION_MIN:
            continue
        question = _question(part, named, kinds)
        named = part.intent if part.intent in kinds.topics else named
        if question is not None:
            _add(question, found)
    if whole.intent in kinds.topics and all(question.topic != whole.intent for question in found):
        found = _with_whole(whole, found)
    return tuple(found[:MAX_QUESTIONS])


def _question(part: Guess, named: str | None, kinds: IntentKinds) -> Question | None:
    """A question by its own topic, or of detail about the topic ``named`` last."""
    if part.intent in kinds.topics and part.asks:
        return Question(part.intent, part.aspect, part.confidence)
    if part.intent == FOLLOW_UP and named is not None and part.aspect:
        return Question(named, part.aspect, part.confidence)
    return None


def _add(question: Question, found: list[Question]) -> None:
    """Append unless asked already; a bare mention of a topic gives way to a question about it."""
    same = [index for index, other in enumerate(found) if other.topic == question.topic]
    bare = [index for index in same if found[index].aspect is None]
    if bare:
        found[bare[0]] = question
    elif not same or (question.aspect and all(found[index].aspect != question.aspect for index in same)):
        found.append(question)


def _with_whole(whole: Guess, found: list[Question]) -> list[Question]:
    """The whole message knows better than a single part, but not than two that differ."""
    if len({question.topic for question in found}) > 1:
        return found
    return [Question(whole.intent, whole.aspect, whole.confidence)]
