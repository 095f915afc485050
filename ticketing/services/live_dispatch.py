"""The dispatch catalogue that holds now: the data file until somebody edits it, then the newest version."""

from ticketing.domain.dispatching import Rules, rules_of
from ticketing.domain.routing import Catalogue
from ticketing.storage.unit_of_work import Work


class LiveDispatch:
    """One small look into the database each time; the rules are read again only when there are new ones."""

    def __init__(self, base: Catalogue) -> None:
        """Units and rules of the data files."""
        self._base = base
        self._known = base

    def now(self, work: Work) -> Catalogue:
        """The catalogue of the newest version, as seen in this transaction."""
        number = work.dispatch.latest()
        if number != self._known.version:
            self._known = self.of(work, number)
        return self._known

    def of(self, work: Work, number: int) -> Catalogue:
        """The catalogue of one version; the data file's rules where it says nothing of a matter."""
        return self._base.with_rules(self.rules(work, number), version=number)

    def rules(self, work: Work, number: int) -> Rules:
        """What a version says, completed from the data file; raises DataFault."""
        content = work.dispatch.content(number)
        if content is None:
            return self._base.rules
        return {**self._base.rules, **rules_of(content, f"dispatch version {number}")}
