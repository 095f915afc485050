"""A whole house for conversations: PostgreSQL, Valkey, action server, language server and gateway."""

from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path

import pytest

from bot.gateway import Gateway, gateway_of
from bot.messages import InboundMessage, OutboundMessage
from bot.rasa_client import RasaClient
from bot.training import ensure_model
from tests.conftest import SECRET, TEMPLATE
from tests.language_house import MODEL_HOME, action_server, language_server
from ticketing import embedded
from ticketing.bootstrap import Runtime, build
from ticketing.domain.ticket import TicketView
from ticketing.domain.vocabulary import Channel
from ticketing.settings import Settings

#: What is said counts here, not how soon: other tests share the machine.
PATIENCE_S = 60.0
_peers = count(1)
_messages = count(1)


@dataclass(frozen=True, slots=True)
class Heard:
    """What the resident got for one message."""

    texts: tuple[str, ...]
    buttons: tuple[str, ...]

    @property
    def all(self) -> str:
        """Everything in one text."""
        return "\n".join(self.texts)


@dataclass(frozen=True, slots=True)
class Resident:
    """Somebody who chats on the web."""

    gateway: Gateway
    runtime: Runtime
    peer: str = field(default_factory=lambda: f"resident-{next(_peers)}")

    async def says(self, *texts: str) -> Heard:
        """Send ``texts`` one after the other; the answer to the last."""
        replies: tuple[OutboundMessage, ...] = ()
        for text in texts:
            message = InboundMessage(Channel.WEB, self.peer, f"dialogue-{next(_messages)}", text=text)
            replies = await self.gateway.handle(message)
        return Heard(
            tuple(reply.text for reply in replies),
            tuple(button.text for reply in replies for button in reply.buttons),
        )

    @property
    def ticket(self) -> TicketView:
        """The newest ticket of this conversation."""
        conversation = self.runtime.chats.conversation_of(Channel.WEB, self.peer)
        assert conversation is not None
        view = self.runtime.reports.current(conversation)
        assert view is not None
        return view


@pytest.fixture(scope="package")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Data folder of the house."""
    return tmp_path_factory.mktemp("dialogue")


@pytest.fixture(scope="package")
def model() -> Path:
    """The model that fits the present data."""
    return ensure_model(MODEL_HOME)


@pytest.fixture(scope="package")
def unspoken_house(postgres: str, valkey_url: str, home: Path) -> Iterator[Settings]:
    """A house without a language server."""
    database_url = embedded.create_database(postgres, "dialogue", template=TEMPLATE)
    yield Settings(home=home, database_url=database_url, redis_url=valkey_url, secret=SECRET)
    embedded.drop_database(postgres, "dialogue")


@pytest.fixture(scope="package")
def actions_url(unspoken_house: Settings) -> Iterator[str]:
    """Address of the running action server."""
    with action_server(unspoken_house, unspoken_house.home) as url:
        yield url


@pytest.fixture(scope="package")
def house(unspoken_house: Settings, actions_url: str, model: Path) -> Iterator[Settings]:
    """A house with both servers of the dialogue running."""
    with language_server(model, unspoken_house.home, actions_url=actions_url) as rasa_url:
        yield replace(unspoken_house, rasa_url=rasa_url)


@pytest.fixture(scope="package")
def runtime(house: Settings) -> Iterator[Runtime]:
    """The same house seen from the test."""
    built = build(house)
    yield built
    built.close()


@pytest.fixture
async def a_resident(runtime: Runtime) -> AsyncIterator[Callable[[], Resident]]:
    """Makes residents who have never written before."""
    url = runtime.settings.rasa_url
    patient = RasaClient(url, reply_timeout_s=PATIENCE_S, parse_timeout_s=PATIENCE_S)
    gateway = gateway_of(runtime, language=patient)
    yield lambda: Resident(gateway, runtime)
    await gateway.aclose()


@pytest.fixture
def resident(a_resident: Callable[[], Resident]) -> Resident:
    """One of them."""
    return a_resident()
