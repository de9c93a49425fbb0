"""An application is not a report: notices, case files and papers call a matter what its owner calls it."""

import pytest
from django.utils.translation import override

from accounts.gateways import render
from cases import kinds
from cases.queries import words

CALLED = {
    "event": "report", "service": "application", "wage_claim": "claim", "privacy_request": "request",
    "wage_warning": "warning",
}  # fmt: skip
NUMBER = "3709020000000000001"


def test_every_kind_says_what_it_is_called() -> None:
    assert {kind.slug: kind.called for kind in kinds.all_kinds() if kind.slug in CALLED} == CALLED
    assert set(CALLED.values()) == set(kinds.CALLED)


@pytest.mark.parametrize(
    ("called", "title", "where"),
    [
        ("report", f"您上报的 {NUMBER} 有新进展", "查询链接"),
        ("application", f"您的申请 {NUMBER} 有新进展", "我的办件"),
        ("claim", f"您的诉求 {NUMBER} 有新进展", "查询链接"),
        ("request", f"您的请求 {NUMBER} 有新进展", "查询链接"),
    ],
)
def test_the_message_to_whoever_opened_it_names_the_kind(called: str, title: str, where: str) -> None:
    body = render("case.progress", {"number": NUMBER, "called": called}, "zh-hans")
    assert body.splitlines()[0] == title
    assert where in body


def test_a_member_is_sent_to_the_history_and_to_no_link_he_does_not_have() -> None:
    body = render("case.progress", {"number": NUMBER, "called": "report", "url": "/desk/cases/1/"}, "en")
    assert "history" in body and "link" not in body


@pytest.mark.parametrize(
    ("slug", "opened", "moment", "given", "source"),
    [
        ("event", "已上报", "反映时间", "现场", "公众上报"),
        ("service", "提出申请", "申请时间", "申请材料", "网上提交"),
        ("wage_claim", "提出诉求", "诉求提出时间", "诉求内容", "网上提交"),
        ("privacy_request", "提出请求", "请求提出时间", "请求内容", "网上提交"),
        ("wage_warning", "产生预警", "预警时间", "预警依据", "网上提交"),
    ],
)
def test_the_case_file_speaks_of_the_beginning_as_its_kind_does(
    slug: str, opened: str, moment: str, given: str, source: str
) -> None:
    with override("zh-hans"):
        found = words.matter_words(slug)
        assert (found.opened, found.opened_at, found.given) == (opened, moment, given)
        assert words.verb_text("open", slug) == opened
        assert (words.source_label("public", slug), words.source_label("window", slug)) == (source, "服务窗口")
