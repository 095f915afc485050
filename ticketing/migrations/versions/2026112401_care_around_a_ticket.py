"""Work around a ticket: duties, records, tasks, and the guard of children's cases."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "2026112401"
down_revision: str | Sequence[str] | None = "20261123_0001"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

#: The last line behind the services: no statement at all ends a child's ticket without a report to the
#: police or a second person's signature.
GUARD = """
create function refuse_unreported_child() returns trigger language plpgsql as $$
declare
    is_child boolean := old.category = 'child_protection' or new.category = 'child_protection'
        or coalesce(old.fields->>'minor', new.fields->>'minor', '') = 'yes' and old.category in
            ('self_harm', 'domestic_violence', 'elder_harm', 'urgent_hardship', 'homeless_person');
    is_end boolean := new.status <> old.status
        and new.status in ('closed', 'merged', 'returned', 'refused', 'withdrawn');
    is_disguise boolean := old.category = 'child_protection' and new.category <> 'child_protection'
        or old.fields->>'minor' = 'yes' and coalesce(new.fields->>'minor', '') <> 'yes';
begin
    if is_child and (is_end or is_disguise)
        and not exists (select from police_reports where ticket_id = new.id)
        and not exists (
            select from report_waivers
            where ticket_id = new.id and signed_by is not null and spent_at is null
        )
    then
        raise exception 'ticket % is a child''s: no police report and no second signature', new.number
            using errcode = 'integrity_constraint_violation';
    end if;
    return new;
end $$;
"""
ATTACH = """
create trigger unreported_child before update of status, category, fields on tickets
for each row execute function refuse_unreported_child();
"""


def upgrade() -> None:
    """Go one step up."""
    op.create_table(
        "case_records",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("ticket_id", sa.BigInteger(), nullable=False),
        sa.Column("form", sa.Text(), nullable=False),
        sa.Column("answers", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("author_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["staff.id"], name=op.f("fk_case_records_author_id_staff")),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["tickets.id"], name=op.f("fk_case_records_ticket_id_tickets")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_records")),
    )
    op.create_index(op.f("ix_case_records_ticket_id"), "case_records", ["ticket_id"], unique=False)
    op.create_table(
        "police_reports",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("ticket_id", sa.BigInteger(), nullable=False),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("receiver", sa.Text(), nullable=False),
        sa.Column("receipt", sa.Text(), nullable=False),
        sa.Column("situation", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("recorded_by", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("receiver <> '' and receipt <> ''", name=op.f("ck_police_reports_complete")),
        sa.CheckConstraint("reported_at <= recorded_at", name=op.f("ck_police_reports_past")),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["staff.id"], name=op.f("fk_police_reports_recorded_by_staff")
        ),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["tickets.id"], name=op.f("fk_police_reports_ticket_id_tickets")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_police_reports")),
    )
    op.create_index(op.f("ix_police_reports_ticket_id"), "police_reports", ["ticket_id"], unique=False)
    op.create_table(
        "report_waivers",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("ticket_id", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.BigInteger(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("signed_by", sa.BigInteger(), nullable=True),
        sa.Column("signed_reason", sa.Text(), nullable=True),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("spent_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(signed_by is null) = (signed_at is null) and (signed_by is null) = (signed_reason is null)",
            name=op.f("ck_report_waivers_signature"),
        ),
        sa.CheckConstraint("signed_by <> asked_by", name=op.f("ck_report_waivers_second_person")),
        sa.ForeignKeyConstraint(["asked_by"], ["staff.id"], name=op.f("fk_report_waivers_asked_by_staff")),
        sa.ForeignKeyConstraint(["signed_by"], ["staff.id"], name=op.f("fk_report_waivers_signed_by_staff")),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["tickets.id"], name=op.f("fk_report_waivers_ticket_id_tickets")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_waivers")),
    )
    op.create_index(op.f("ix_report_waivers_ticket_id"), "report_waivers", ["ticket_id"], unique=False)
    op.create_table(
        "tasks",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("ticket_id", sa.BigInteger(), nullable=True),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("assignee_id", sa.BigInteger(), nullable=True),
        sa.Column("barred_id", sa.BigInteger(), nullable=True),
        sa.Column("text", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("contact", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.BigInteger(), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_by", sa.BigInteger(), nullable=True),
        sa.Column("outcome", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("dedupe_key", sa.Text(), nullable=True),
        sa.CheckConstraint("(done_at is null) = (done_by is null)", name=op.f("ck_tasks_done")),
        sa.CheckConstraint("done_by <> barred_id", name=op.f("ck_tasks_other_person")),
        sa.ForeignKeyConstraint(["assignee_id"], ["staff.id"], name=op.f("fk_tasks_assignee_id_staff")),
        sa.ForeignKeyConstraint(["barred_id"], ["staff.id"], name=op.f("fk_tasks_barred_id_staff")),
        sa.ForeignKeyConstraint(["created_by"], ["staff.id"], name=op.f("fk_tasks_created_by_staff")),
        sa.ForeignKeyConstraint(["done_by"], ["staff.id"], name=op.f("fk_tasks_done_by_staff")),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_tasks_ticket_id_tickets")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tasks")),
        sa.UniqueConstraint("dedupe_key", name=op.f("uq_tasks_dedupe_key")),
    )
    op.create_index(
        "ix_tasks_open",
        "tasks",
        ["unit", "due_at"],
        unique=False,
        postgresql_where=sa.text("done_at is null and cancelled_at is null"),
    )
    op.create_index(op.f("ix_tasks_ticket_id"), "tasks", ["ticket_id"], unique=False)
    op.execute(GUARD)
    op.execute(ATTACH)


def downgrade() -> None:
    """Go one step down."""
    op.execute("drop trigger unreported_child on tickets")
    op.execute("drop function refuse_unreported_child()")
    op.drop_index(op.f("ix_tasks_ticket_id"), table_name="tasks")
    op.drop_index(
        "ix_tasks_open",
        table_name="tasks",
        postgresql_where=sa.text("done_at is null and cancelled_at is null"),
    )
    op.drop_table("tasks")
    op.drop_index(op.f("ix_report_waivers_ticket_id"), table_name="report_waivers")
    op.drop_table("report_waivers")
    op.drop_index(op.f("ix_police_reports_ticket_id"), table_name="police_reports")
    op.drop_table("police_reports")
    op.drop_index(op.f("ix_case_records_ticket_id"), table_name="case_records")
    op.drop_table("case_records")
