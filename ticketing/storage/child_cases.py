"""Reports to the police, waivers and filled-in forms."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import exists, select, update
from sqlalchemy.orm import Session, aliased

from ticketing.domain.casework import CaseRecordView, PoliceReport, PoliceReportView, WaiverView
from ticketing.domain.child_guard import Proof
from ticketing.storage.care_tables import CaseRecordRecord, PoliceReportRecord, ReportWaiverRecord
from ticketing.storage.tables import StaffRecord


class ChildCases:
    """Reads and writes what is on record about a case, inside one transaction."""

    def __init__(self, session: Session) -> None:
        """Work in ``session``; never commits."""
        self._session = session

    def proof(self, ticket_id: int) -> Proof:
        """What is on record about the duty to report."""
        reported = exists().where(PoliceReportRecord.ticket_id == ticket_id)
        waived = exists().where(
            ReportWaiverRecord.ticket_id == ticket_id,
            ReportWaiverRecord.signed_by.is_not(None),
            ReportWaiverRecord.spent_at.is_(None),
        )
        given = self._session.execute(select(reported, waived)).one()
        return Proof(reported=bool(given[0]), waived=bool(given[1]))

    def add_report(self, ticket_id: int, report: PoliceReport, *, by: int, at: datetime) -> None:
        """Record a report to the police."""
        self._session.add(
            PoliceReportRecord(
                ticket_id=ticket_id,
                reported_at=report.reported_at,
                receiver=report.receiver,
                receipt=report.receipt,
                situation=report.situation,
                recorded_by=by,
                recorded_at=at,
            )
        )

    def reports(self, ticket_id: int) -> tuple[PoliceReportView, ...]:
        """All recorded reports, oldest first."""
        rows = self._session.execute(
            select(PoliceReportRecord, StaffRecord.name)
            .join(StaffRecord, StaffRecord.id == PoliceReportRecord.recorded_by)
            .where(PoliceReportRecord.ticket_id == ticket_id)
            .order_by(PoliceReportRecord.id)
        ).all()
        return tuple(
            PoliceReportView(row.reported_at, row.receiver, row.receipt, row.situation, name, row.recorded_at)
            for row, name in rows
        )

    def ask_waiver(self, ticket_id: int, reason: str, *, by: int, at: datetime) -> None:
        """Write down a reason that waits for a second person's signature."""
        self._session.add(ReportWaiverRecord(ticket_id=ticket_id, reason=reason, asked_by=by, asked_at=at))

    def waiver(self, ticket_id: int, waiver_id: int) -> ReportWaiverRecord | None:
        """One unsigned waiver of a ticket, locked until the transaction ends."""
        return self._session.scalar(
            select(ReportWaiverRecord)
            .where(
                ReportWaiverRecord.id == waiver_id,
                ReportWaiverRecord.ticket_id == ticket_id,
                ReportWaiverRecord.signed_by.is_(None),
            )
            .with_for_update()
        )

    def waivers(self, ticket_id: int) -> tuple[WaiverView, ...]:
        """All waivers of a ticket, oldest first."""
        asker, signer = aliased(StaffRecord), aliased(StaffRecord)
        rows = self._session.execute(
            select(ReportWaiverRecord, asker.name, signer.name)
            .join(asker, asker.id == ReportWaiverRecord.asked_by)
            .outerjoin(signer, signer.id == ReportWaiverRecord.signed_by)
            .where(ReportWaiverRecord.ticket_id == ticket_id)
            .order_by(ReportWaiverRecord.id)
        ).all()
        return tuple(waiver_of(row, asked_by, signed_by) for row, asked_by, signed_by in rows)

    def spend_waivers(self, ticket_id: int, at: datetime) -> None:
        """Let no earlier signature count any longer."""
        self._session.execute(
            update(ReportWaiverRecord)
            .where(ReportWaiverRecord.ticket_id == ticket_id, ReportWaiverRecord.spent_at.is_(None))
            .values(spent_at=at)
        )

    def add_record(
        self, ticket_id: int, form: str, answers: Mapping[str, str], *, by: int, at: datetime
    ) -> None:
        """Keep a filled-in form."""
        self._session.add(
            CaseRecordRecord(ticket_id=ticket_id, form=form, answers=dict(answers), author_id=by, at=at)
        )

    def records(self, ticket_id: int) -> tuple[CaseRecordView, ...]:
        """All filled-in forms of a ticket, newest first."""
        rows = self._session.execute(
            select(CaseRecordRecord, StaffRecord.name)
            .join(StaffRecord, StaffRecord.id == CaseRecordRecord.author_id)
            .where(CaseRecordRecord.ticket_id == ticket_id)
            .order_by(CaseRecordRecord.id.desc())
        ).all()
        return tuple(CaseRecordView(row.form, row.answers, name, row.at) for row, name in rows)


def waiver_of(row: ReportWaiverRecord, asked_by: str, signed_by: str | None) -> WaiverView:
    """A row as people see it."""
    return WaiverView(
        id=row.id,
        reason=row.reason,
        asked_by_id=row.asked_by,
        asked_by=asked_by,
        asked_at=row.asked_at,
        signed_by=signed_by,
        signed_reason=row.signed_reason,
        signed_at=row.signed_at,
        is_spent=row.spent_at is not None,
    )
