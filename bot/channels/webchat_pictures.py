"""The picture in a message of the residents' page: read up to a limit, looked through, kept beside the words.

Whatever is wrong with the picture, the words that came with it are taken in.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.types import Message, Receive

from bot.channels.webchat_errors import PictureRefused
from bot.channels.webchat_limits import Limiter
from bot.messages import InboundMessage
from ticketing.bootstrap import Runtime
from ticketing.domain.arrival import Kind
from ticketing.domain.attachments import (
    PICTURE_BYTES_MAX,
    TROUBLE_OF,
    Attached,
    FileContent,
    Sort,
    Trouble,
)
from ticketing.domain.item_forms import FileRefused
from ticketing.domain.vocabulary import Channel
from ticketing.texts import Texts

#: What a form without a picture has at most; the words of a form with one come before it.
WORDS_BYTES_MAX = 256 * 1024
FORM_BYTES_MAX = PICTURE_BYTES_MAX + WORDS_BYTES_MAX
#: Read and thrown away so far, since a browser reads no answer before it has sent everything.
READ_BYTES_MAX = 128 * 1024 * 1024
#: Addresses that take more than words.
LARGER_BODIES: Mapping[str, int] = MappingProxyType(
    {"/": READ_BYTES_MAX, "/api/chat/picture": READ_BYTES_MAX}
)
PICTURES_AT_ONCE, PICTURES_PER_MINUTE = 10, 6
#: A village committee may send for several people; the database shall not be filled from one place.
FROM_ADDRESS_AT_ONCE, FROM_ADDRESS_PER_MINUTE = 40, 30
#: How long a picture waits for its turn; its words wait with it.
TURN_WITHIN_S = 10.0
MULTIPART = "multipart/form-data"


@dataclass(frozen=True, slots=True)
class Form:
    """What a form had in it."""

    fields: Mapping[str, str]
    #: None: no picture was chosen.
    picture: bytes | None = field(default=None, repr=False)
    #: There was more than is taken.
    is_cut: bool = False


@dataclass(frozen=True, slots=True)
class Looked:
    """A picture that can be kept, or why it cannot; neither when there was none."""

    content: FileContent | None = None
    trouble: Trouble | None = None


async def form_of(request: Request) -> Form:
    """The fields of a form with the first FORM_BYTES_MAX of its picture."""
    shortened = _Shortened(request)
    async with Request(request.scope, shortened.receive).form() as form:
        fields = {name: value for name, value in form.items() if isinstance(value, str)}
        chosen = form.get("picture")
        is_chosen = isinstance(chosen, UploadFile) and bool(chosen.filename or chosen.size)
        picture = await chosen.read() if isinstance(chosen, UploadFile) and is_chosen else None
    return Form(fields, picture, shortened.is_cut)


class Pictures:
    """Looks through the pictures of one process, one by one: the largest take a second and 350 MB."""

    def __init__(self, runtime: Runtime) -> None:
        """Work with the services of ``runtime``."""
        self._runtime = runtime
        self._by_visitor = Limiter(burst=PICTURES_AT_ONCE, per_minute=PICTURES_PER_MINUTE)
        self._by_address = Limiter(burst=FROM_ADDRESS_AT_ONCE, per_minute=FROM_ADDRESS_PER_MINUTE)
        # Waiting here, a picture holds none of the threads that everybody's messages need.
        self._turn = asyncio.Semaphore(1)

    async def looked_at(self, form: Form, *, peer: str, address: str) -> Looked:
        """The picture of a form as it is kept."""
        if form.is_cut:
            return Looked(trouble=Trouble.TOO_LARGE)
        if form.picture is None:
            return Looked()
        if not (self._by_visitor.take(peer) and self._by_address.take(address)):
            return Looked(trouble=Trouble.TOO_MANY)
        try:
            async with asyncio.timeout(TURN_WITHIN_S):
                await self._turn.acquire()
        except TimeoutError:
            return Looked(trouble=Trouble.TOO_MANY)
        try:
            return Looked(await run_in_threadpool(self._runtime.attachments.prepared_picture, form.picture))
        except FileRefused as refused:
            return Looked(trouble=TROUBLE_OF[refused.problem])
        finally:
            self._turn.release()


def message_of(peer: str, message_id: str, content: FileContent) -> InboundMessage:
    """A picture as a message of its own: the words beside it get the answer that words get."""
    return InboundMessage(
        channel=Channel.WEB,
        peer=peer,
        external_id=f"{message_id}-picture",
        kind=Kind.PHOTO,
        attached=Attached(Sort.PICTURE, content=content),
    )


def refusal(texts: Texts, trouble: Trouble, *, is_said: bool) -> PictureRefused:
    """Why a picture was not taken, whether the words beside it were, and what to do."""
    later = trouble is Trouble.TOO_MANY
    return PictureRefused(
        said=texts.get("attachments.words_taken") if is_said else "",
        why=texts.get(f"attachments.trouble_{trouble}"),
        advice=texts.get("attachments.advice_later" if later else "attachments.advice_another"),
    )


class _Shortened:
    """The body of a request up to its limit, ended in good order; the rest is read and thrown away."""

    def __init__(self, request: Request) -> None:
        kind = request.headers.get("content-type", "")
        is_multipart = kind.lower().startswith(MULTIPART)
        boundary = kind.partition("boundary=")[2].partition(";")[0].strip().strip('"')
        self._receive: Receive = request.receive
        self._room = FORM_BYTES_MAX if is_multipart else WORDS_BYTES_MAX
        self._ending = f"\r\n--{boundary}--\r\n".encode("latin-1") if is_multipart else b""
        self.is_cut = False

    async def receive(self) -> Message:
        """The next piece."""
        message = await self._receive()
        if message["type"] != "http.request":
            return message
        body = message.get("body", b"")
        piece = body[: self._room]
        self._room -= len(piece)
        self.is_cut = self.is_cut or len(piece) < len(body)
        is_last = not message.get("more_body", False)
        return {**message, "body": piece + self._ending if self.is_cut and is_last else piece}
