"""A case report and a notice of acceptance: the right words, for the right people, and never the reporter's name."""

import io
import re
from collections.abc import Iterator
from uuid import UUID

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.test import Client
from django.utils.translation import override
from pypdf import PdfReader

from accounts.models import User
from cases import actions
from cases.access import Bearer
from cases.actions import papers
from cases.engine import NoSuchCase
from cases.models import Case
from cases.queries.papers import accepted_at, document_of, notice_of
from cases.rules import tracking_token
from ledger.actions import redeem_due
from ledger.actors import Actor, ActorKind
from ledger.models import Document
from ledger.queries import document_file
from tests.events import drive
from tests.events import town as builders
from tests.events.town import Town

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def in_chinese() -> Iterator[None]:
    with override("zh-hans"):
        yield


def text_of(document_id: UUID) -> str:
    redeem_due()
    path = document_file(document_id)
    assert path is not None
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(path.read_bytes())).pages)
    return re.sub(r"\s+", "", text)


def report_of(town: Town, case: Case, who: str = "acceptor", language: str = "zh-hans") -> UUID:
    return papers.request_report(number=case.number, language=language, actor=town[who])


def reporter(case: Case) -> Actor:
    return Bearer(case.number).actor()


def test_the_report_tells_the_whole_case(town: Town) -> None:
    case = builders.case(drive.closed(town))
    text = text_of(report_of(town, case))
    for said in ("案件报告", case.number, "结案", "立案", "示例", "已更换"):
        assert said in text, said
    assert text.count(case.number) >= 1


def test_the_report_speaks_the_language_asked_for(town: Town) -> None:
    case = builders.case(drive.filed(town))
    text = text_of(report_of(town, case, language="en"))
    for said in ("Casereport", "Filed", "reporter", "Photosonfile"):
        assert said in text, said


def test_a_report_is_made_anew_only_when_something_happened(town: Town) -> None:
    case = builders.case(drive.filed(town))
    first = report_of(town, case)
    assert report_of(town, case) == first
    actions.comment(number=case.number, actor=town["acceptor"], text="再看一眼")
    second = report_of(town, case)
    assert second != first
    assert Document.objects.get(pk=first).superseded_by_id == second
    assert "再看一眼" in text_of(second)


def test_who_may_not_see_the_case_gets_no_report(town: Town) -> None:
    case = builders.case(drive.filed(town))
    with pytest.raises(NoSuchCase):
        papers.request_report(number=case.number, language="en", actor=Actor(kind=ActorKind.MEMBER, id="0"))
    with pytest.raises(NoSuchCase):
        papers.request_report(number=case.number, language="en", actor=reporter(case))
    assert Document.objects.count() == 0


def test_a_matter_is_accepted_when_it_was_filed_and_never_when_it_was_refused(town: Town) -> None:
    waiting = builders.case(drive.reported(town))
    assert accepted_at(waiting) is None
    with pytest.raises(ValidationError):
        papers.request_notice(case_id=waiting.pk, language="en", actor=reporter(waiting))
    actions_case = builders.case(drive.reported(town))
    drive.actions.refuse_report(
        actor=town["acceptor"], case_id=actions_case.pk, expected_version=actions_case.version, reason="与已立案件重复"
    )
    assert accepted_at(builders.case(actions_case.pk)) is None
    filed = builders.case(drive.filed(town))
    assert accepted_at(filed) is not None


def test_the_notice_says_that_it_was_accepted_and_until_when(town: Town) -> None:
    case = builders.case(drive.dispatched(town))
    text = text_of(papers.request_notice(case_id=case.pk, language="zh-hans", actor=reporter(case)))
    for said in ("受理通知书", case.number, "已于", "受理", "前办理", "反映时间", "承办单位"):
        assert said in text, said
    assert tracking_token(case.pk, settings.KEYS.token) not in text


def test_the_reporter_opens_the_notice_and_no_other_document(town: Town, client: Client) -> None:
    case = builders.case(drive.dispatched(town))
    token = tracking_token(case.pk, settings.KEYS.token)
    page = client.get(f"/track/{token}/").content.decode()
    assert "生成通知书" in page
    client.post(f"/track/{token}/notice/")
    redeem_due()
    found = notice_of(case.pk).document
    assert found is not None
    assert found.number in client.get(f"/track/{token}/").content.decode()
    answer = client.get(f"/track/{token}/notice/{found.id}/")
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    assert answer["Content-Disposition"] == f'attachment; filename="{found.number}.pdf"'
    assert b"".join(answer.streaming_content).startswith(b"%PDF-")  # type: ignore[attr-defined]
    inner = report_of(town, case)
    redeem_due()
    assert client.get(f"/track/{token}/notice/{inner}/").status_code == 404


def test_the_document_of_one_case_is_not_opened_through_another(town: Town) -> None:
    mine, other = builders.case(drive.filed(town)), builders.case(drive.filed(town))
    document_id = report_of(town, mine)
    redeem_due()
    assert document_of(town["acceptor"], mine.number, document_id) is not None
    assert document_of(town["acceptor"], other.number, document_id) is None
    assert document_of(reporter(other), mine.number, document_id) is None


def signed_in(town: Town, client: Client, name: str) -> Client:
    client.force_login(User.objects.get(pk=town[name].user_id))
    return client


def test_the_file_shows_its_documents_and_makes_one(town: Town, client: Client) -> None:
    case = builders.case(drive.filed(town))
    desk = signed_in(town, client, "acceptor")

    def page() -> HttpResponse:
        return desk.get(f"/desk/cases/{case.number}/")  # type: ignore[return-value]

    assert "生成案件报告" in page().content.decode()
    assert desk.post(f"/desk/cases/{case.number}/documents/").status_code == 302
    assert "生成中" in page().content.decode()
    redeem_due()
    row = Document.objects.get()
    assert f"/desk/cases/{case.number}/documents/{row.pk}/" in page().content.decode()
    assert desk.get(f"/desk/cases/{case.number}/documents/{row.pk}/").status_code == 200
