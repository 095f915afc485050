"""A file handed to a browser: saved under its name, never shown, never run."""

from urllib.parse import quote

from starlette.responses import Response

from ticketing.domain.item_forms import FormFile, FormKind

OFFICE = "application/vnd.openxmlformats-officedocument"
MEDIA_TYPES = {
    FormKind.PDF: "application/pdf",
    FormKind.DOC: "application/msword",
    FormKind.DOCX: f"{OFFICE}.wordprocessingml.document",
    FormKind.XLS: "application/vnd.ms-excel",
    FormKind.XLSX: f"{OFFICE}.spreadsheetml.sheet",
    FormKind.JPG: "image/jpeg",
    FormKind.PNG: "image/png",
}
#: Should a browser show it all the same, nothing in it may load or run.
POLICY = "default-src 'none'; sandbox; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"


def download(file: FormFile) -> Response:
    """The file as an attachment."""
    name = quote(f"{file.name}.{file.kind.value}")
    return Response(
        file.data,
        media_type=MEDIA_TYPES[file.kind],
        headers={
            "Content-Disposition": f"attachment; filename*=UTF-8''{name}",
            "Content-Security-Policy": POLICY,
            "X-Content-Type-Options": "nosniff",
        },
    )
