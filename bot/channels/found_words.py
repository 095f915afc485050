"""A find in a worker's own words, without choices to tap."""

from ticketing.bootstrap import Runtime
from ticketing.domain.clock import BEIJING
from ticketing.domain.discovery import OTHER, Found
from ticketing.domain.staff import Actor
from ticketing.domain.vocabulary import Risk


def found_in(runtime: Runtime, actor: Actor, text: str) -> Found:
    """The find a message tells of: in the place it names, else where the worker works.

    How grave it is, is for the safety net to say; the same words on the same day are the same find.
    """
    place = runtime.gazetteer.find(text)
    day = runtime.clock.now().astimezone(BEIJING).date()
    return Found(
        token=f"chat:{day}",
        who=runtime.discovering.rules.who_in(text),
        what=OTHER,
        risk=Risk.NONE,
        text=text,
        village=place.village or "",
        place="" if place.village else place.name or runtime.catalogue.name(actor.unit),
    )
