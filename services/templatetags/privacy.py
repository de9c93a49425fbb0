"""Codes of provenance and access log in words."""

from django import template
from django.utils.translation import gettext_lazy as _

register = template.Library()
WORDS = {
    "name": _("Name"),
    "phone": _("Mobile number"),
    "id_number": _("Citizen number"),
    "residence": _("Where you live"),
    "address": _("Where you can be reached"),
    "employment": _("Where you work"),
    "reach": _("to reach you with a visit"),
    "personal": _("Answers of the application"),
    "resident": _("you, signing in"),
    "demo": _("the demo"),
    "registry": _("the register of organisations"),
    "市场主体登记管理条例第三十六条": _("Regulation on the registration of market entities, Article 36"),
    "居住证暂行条例第六条": _("Interim regulation on residence permits, Article 6"),
    "个人信息保护法第十三条第一款第三项": _("statutory duty (PIPL 13(3))"),
    "保障农民工工资支付条例第二十八条": _("Regulation on wages of migrant workers, Article 28"),
    "case": _("an official, in your matter"),
    "reporter:public": _("you, with a report"),
    "reporter:hotline": _("you, by phone or at the counter"),
    "reporter:api": _("another system, with a report"),
    "reporter:gridworker": _("a grid worker, with a report"),
    "applicant": _("you, with an application"),
    "application": _("your application"),
    "window": _("the counter, with an application"),
    "claimant": _("you, with a wage claim"),
    "project": _("the register of building sites"),
    "wage_sheet": _("the wage sheet of your contractor"),
    "wages": _("to see that wages are paid"),
    "handle the application": _("to handle the application"),
    "hold the licence": _("to issue and show the licence"),
    "issue": _("to make the licence"),
    "licence": _("to make the licence"),
    "review": _("to check the conditions"),
    "reply": _("to answer your report"),
    "sign_in": _("to sign you in and to tell you about your matters"),
    "correction": _("to correct what is held"),
    "own_copy": _("your own copy"),
    "clarify": _("to clarify the report"),
    "appointment": _("to arrange a visit"),
    "answer": _("to give the result"),
    "notice": _("to send you a message"),
    "sign_up": _("to sign you in and to tell you about your matters"),
    "send_code": _("to send you a code"),
    "PIPL 13(1)": _("your consent (PIPL 13(1))"),
    "PIPL 13(3)": _("statutory duty (PIPL 13(3))"),
    "PIPL 46": _("your correction (PIPL 46)"),
    "State Council Decree 724, Art. 15": _("Regulation on wages of migrant workers, Article 15"),
    "State Council Decree 724, Art. 38": _("Regulation on wages of migrant workers, Article 38"),
}


@register.simple_tag
def privacy_word(code: str) -> str:
    """The words of a code; a code nobody has translated is shown as it is."""
    return str(WORDS.get(code, code)) or "—"
