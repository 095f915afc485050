"""Run migrations on the connection that storage.schema hands over, under lock and statement limits."""

from alembic import context
from sqlalchemy import Connection, text

from ticketing.storage.tables import Record

#: Any constant will do, as long as two upgrades at once use the same one.
UPGRADE_LOCK = 12345_12355


def run(connection: Connection) -> None:
    """Apply what is asked for, one upgrade at a time."""
    context.configure(connection=connection, target_metadata=Record.metadata, compare_server_default=True)
    with context.begin_transaction():
        connection.execute(text("set local lock_timeout = '10s'"))
        connection.execute(text(f"select pg_advisory_xact_lock({UPGRADE_LOCK})"))
        context.run_migrations()


run(context.config.attributes["connection"])
