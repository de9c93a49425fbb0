"""Requests about one's own data and documents of cases, so that those who try the demo find some. Nobody here exists.

Done once and by the real actions; the workers draw the documents afterwards.
"""

from accounts.models import User
from accounts.queries import presence_of_user
from cases.actions.papers import request_notice, request_report
from cases.models import Case
from ledger.actors import Actor
from services.actions.privacy import ask_about_my_data

ASKED = (
    ("correct_name", "姓名录入有误，请更正（演示）。", "例示一"),
    ("erase_contacts", "事项已办结，请删除以往登记的联系方式（演示）。", ""),
    ("erase_contacts", "不再需要接收短信，请删除联系方式（演示）。", ""),
)
REPORTS = 2  # accepted cases, closed ones first, with a report and a notice of acceptance


def _actor(username: str) -> Actor:
    return presence_of_user(User.objects.get(username=username), None).actor


def papers() -> int:
    """Three requests and two documents of each kind. Returns how many documents were asked for."""
    resident, chief = _actor("resident"), _actor("chief")
    for number, (ask, words, name) in enumerate(ASKED):
        key = f"demo-privacy-{number}"
        ask_about_my_data(ask=ask, words=words, right=name, submission_key=key, actor=resident)
    asked = 0
    accepted = Case.objects.filter(kind="event", state__in=("handling", "closed"), path__startswith=chief.territory)
    for case in accepted.order_by("-closed", "pk")[:REPORTS]:
        request_report(number=case.number, language="zh-hans", actor=chief)
        request_notice(case_id=case.pk, language="zh-hans", actor=chief)
        asked += 2
    return asked
