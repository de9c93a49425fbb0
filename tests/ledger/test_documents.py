"""A document has its number at once and its PDF soon, readable by people, machines and screen readers."""

import io
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.db import transaction
from pypdf import PdfReader
from pytest_django import Settings

from ledger import kinds
from ledger.actions import redeem_due, request_document, revoke_document
from ledger.actors import Actor
from ledger.clock import app_now
from ledger.gateways.pdf import keep_pdf
from ledger.gateways.sandbox import Refused
from ledger.models import AuditEntry, Document, Incident, NumberSeries, Promise
from ledger.promises.failures import ATTEMPTS
from ledger.queries import document, document_file, documents, invariant_files
from tests.ledger import paper
from tests.ledger.conftest import make_due

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def made_up_documents(monkeypatch: pytest.MonkeyPatch, settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    for spec in (paper.SLIP, paper.BROKEN):
        monkeypatch.setitem(kinds.documents, spec.key, spec)


def asked(operator: Actor, object_id: object = 7, **more: object) -> Document:
    with transaction.atomic():
        given = {"kind": "test.slip", "object_id": object_id, "actor": operator, "now": app_now(), **more}
        return request_document(**given)  # type: ignore[arg-type]


def read(document_id: object) -> PdfReader:
    path = document_file(document_id)  # type: ignore[arg-type]
    assert path is not None
    return PdfReader(io.BytesIO(path.read_bytes()))


def test_the_pdf_is_tagged_titled_and_readable_in_the_language_asked_for(operator: Actor) -> None:
    row = asked(operator)
    redeem_due()
    pdf = read(row.pk)
    root = pdf.trailer["/Root"].get_object()
    assert root["/Lang"] == "zh-CN"
    assert root["/MarkInfo"]["/Marked"].value is True
    assert "/StructTreeRoot" in root
    assert root["/ViewerPreferences"]["/DisplayDocTitle"].value is True
    assert pdf.metadata is not None
    assert pdf.metadata.title == f"回执单 {row.number}"
    text = pdf.pages[0].extract_text()
    for said in ("回执单", "示意区综合办公室", row.number, "1 / 1", "印章（演示）"):
        assert said in text.replace("\n", " ")
    assert b"pdfuaid" in root["/Metadata"].get_data()


def test_every_font_is_embedded_as_a_subset(operator: Actor) -> None:
    row = asked(operator)
    redeem_due()
    fonts = [font.get_object() for font in read(row.pk).pages[0]["/Resources"]["/Font"].values()]
    assert fonts
    for font in fonts:
        descriptor = font["/DescendantFonts"][0].get_object()["/FontDescriptor"].get_object()
        assert {"/FontFile2", "/FontFile3"} & set(descriptor), font["/BaseFont"]
    assert any("Noto" in font["/BaseFont"] and "CJK" in font["/BaseFont"] for font in fonts)


def test_asked_for_twice_it_is_one_document_and_one_promise(operator: Actor) -> None:
    first, second = asked(operator), asked(operator)
    assert first.pk == second.pk
    assert Promise.objects.filter(kind="ledger.render").count() == 1
    english = asked(operator, language="en")
    assert english.pk != first.pk
    redeem_due()
    assert [row.state for row in documents(kind="test.slip", object_id=7)] == ["rendered", "rendered"]


def test_numbers_have_no_gap_when_a_request_is_undone(operator: Actor) -> None:
    first = asked(operator, 1)
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        request_document(kind="test.slip", object_id=2, actor=operator, now=app_now())
        raise ZeroDivisionError
    second = asked(operator, 3)
    year = first.requested_at.year
    assert [first.number, second.number] == [f"TST-{year}-000001", f"TST-{year}-000002"]
    assert NumberSeries.objects.get(series="TST").last == 2


def test_the_year_of_a_number_is_the_citys(operator: Actor) -> None:
    evening = datetime(2025, 12, 31, 17, tzinfo=UTC)  # 1 January in Tai'an
    assert asked(operator, now=evening).number == "TST-2026-000001"


def test_a_new_one_supersedes_the_old_one_which_stays(operator: Actor) -> None:
    old = asked(operator)
    redeem_due()
    new = asked(operator, renew=True)
    redeem_due()
    assert old.number != new.number
    assert [(row.number, row.current) for row in documents(kind="test.slip", object_id=7)] == [
        (new.number, True),
        (old.number, False),
    ]
    assert document_file(old.pk) != document_file(new.pk)


def test_a_number_given_by_the_room_is_refused_the_second_time(operator: Actor) -> None:
    assert asked(operator, 1, number="L-1").number == "L-1"
    with pytest.raises(Exception, match="L-1"):
        asked(operator, 2, number="L-1")
    assert Document.objects.count() == 1


def test_a_revoked_document_stays_readable_and_says_so(operator: Actor) -> None:
    row = asked(operator)
    redeem_due()
    revoke_document(document_id=row.pk, reason="issued in error", actor=operator, now=app_now())
    shown = document(row.pk)
    assert shown is not None
    assert (shown.current, shown.revoked_reason) == (False, "issued in error")
    assert document_file(row.pk) is not None
    with pytest.raises(Exception, match=r"revoked already|已"):
        revoke_document(document_id=row.pk, reason="again", actor=operator, now=app_now())


def test_a_template_that_fails_becomes_an_incident_that_the_list_shows(operator: Actor) -> None:
    row = asked(operator, kind="test.broken")
    promise_id = Promise.objects.get(kind="ledger.render").pk
    Promise.objects.filter(pk=promise_id).update(attempts=ATTEMPTS - 1)
    make_due(promise_id)
    redeem_due()
    incident = Incident.objects.get(settled_at=None)
    assert incident.kind == "ledger.render"
    assert "TemplateDoesNotExist" in incident.detail
    shown = document(row.pk)
    assert shown is not None
    assert shown.state == "failed"


def test_who_had_it_made_is_in_the_audit(operator: Actor) -> None:
    row = asked(operator)
    redeem_due()
    entry = AuditEntry.objects.get(action="document.rendered")
    assert (entry.actor_id, entry.object_id, entry.data["number"]) == (operator.id, str(row.pk), row.number)


@pytest.mark.parametrize("address", ["file://{secret}", "own:../../../etc/passwd", "http://127.0.0.1:1/x.css"])
def test_nothing_outside_our_own_files_is_fetched(address: str, tmp_path: Path) -> None:
    secret = tmp_path / "secret.css"
    secret.write_text("body::before { content: 'stolen' }")
    link = f'<link rel="stylesheet" href="{address.format(secret=secret)}">'
    with pytest.raises(Refused, match="crash"):
        keep_pdf(html=f'<html lang="en"><head><title>t</title>{link}</head><body><p>alone</p></body></html>', qr="")
    assert list(tmp_path.rglob("*.pdf")) == []


def test_a_lost_pdf_is_a_breach_of_i5(operator: Actor) -> None:
    row = asked(operator)
    redeem_due()
    assert invariant_files() == []
    path = document_file(row.pk)
    assert path is not None
    path.write_bytes(b"other")
    assert invariant_files() == [f"document {row.pk} has other bytes"]
    path.unlink()
    assert invariant_files() == [f"document {row.pk} is missing"]


def test_a_checkout_that_only_its_owner_may_read_draws_as_well(settings: Settings, tmp_path: Path) -> None:
    """As root the drawing process is nobody, and a checkout below /root is closed to it."""
    sheet = tmp_path / "closed" / "static" / "css" / "document.css"
    sheet.parent.mkdir(parents=True)
    shutil.copy(settings.BASE_DIR / "static/css/document.css", sheet)
    (tmp_path / "closed").chmod(0o700)
    settings.MEDIA_ROOT, settings.BASE_DIR = tmp_path / "media", tmp_path / "closed"
    page = '<html lang="en"><head><title>t</title><link rel="stylesheet" href="own:css/document.css"></head><body>b'
    assert keep_pdf(html=page, qr="")["pages"] == 1
