"""The ticket desk: all that staff do with tickets, one object for the console and for workers on Telegram.

Each subject has a module of its own; each use case is one transaction, permission and lifecycle checked
inside it.
"""

from ticketing.services.calls import Calls
from ticketing.services.claiming import Claiming
from ticketing.services.closing import Closing
from ticketing.services.handing import Handing
from ticketing.services.looking import Looking
from ticketing.services.merging import Merging
from ticketing.services.objecting import Objecting
from ticketing.services.referring import Referring
from ticketing.services.writing import Writing


class TicketDesk(Looking, Claiming, Writing, Handing, Objecting, Referring, Closing, Merging, Calls):
    """Use cases of the console and of workers on Telegram."""
