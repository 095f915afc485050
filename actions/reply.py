"""The way an action speaks: responses of the domain by name, or a text that a service wrote."""

from collections.abc import Iterable

from rasa_sdk.executor import CollectingDispatcher

from ticketing.domain.answer_marks import AnswerMark, payload_of


class Reply:
    """Collects what is said in one turn."""

    def __init__(self, dispatcher: CollectingDispatcher) -> None:
        """Speak through Rasa's ``dispatcher``."""
        self._dispatcher = dispatcher

    def say(
        self, response: str, *, buttons: Iterable[str] = (), mark: AnswerMark | None = None, **params: str
    ) -> None:
        """Utter a response of the domain, its placeholders filled with ``params``."""
        self._dispatcher.utter_message(
            response=response, buttons=_buttons(buttons), json_message=payload_of(mark), **params
        )

    def text(self, text: str, *, buttons: Iterable[str] = (), mark: AnswerMark | None = None) -> None:
        """Utter a text that is not the bot's own wording, such as a policy answer and what it rests on."""
        self._dispatcher.utter_message(text=text, buttons=_buttons(buttons), json_message=payload_of(mark))


def _buttons(texts: Iterable[str]) -> list[dict[str, str]]:
    """A tap sends the button's own text as an ordinary message."""
    return [{"title": text, "payload": text} for text in texts]
