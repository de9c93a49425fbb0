"""What reporters are told, and how long what only an incident has is kept."""

from datetime import date

from ledger.kinds import NoticeKind, NoticeVersion, Retention

# source of a report → notice under which its contact was given
NOTICE_OF = {"public": "report", "hotline": "hotline", "api": "api", "gridworker": "hotline"}

_FIELDS = (("姓名（可不填）", "name (optional)"), ("手机号（可不填）", "mobile number (optional)"))
_PURPOSE = (
    "向您核实情况、告知办理结果；用手机号登录后可查看本人的全部上报。",
    "To ask you back and to tell you the result; signed in with this number you see all your reports.",
)
_BASIS = (
    "个人信息保护法第十三条第一款第一项（您的同意，不填写不影响受理）和第三项（履行城市管理法定职责）。",
    "PIPL Art. 13(1)(1), your consent: the report is taken without it; and (3), statutory duty of city management.",
)
_RETENTION = (
    "案件办结 90 日后删除联系方式；案件本身按档案管理规定保存，不含您的身份。",
    "Contact details are erased 90 days after closing; the case itself is archived without your identity.",
)
_RECIPIENTS = (
    "仅限经办本案的受理员和处置部门；每次查看须写明理由并留痕，您可以查看。被反映的一方和公众看不到。",
    "Only officers who work on the case; each look states a purpose and leaves a trace you can see. Never the party"
    " concerned, never the public.",
)
_EFFECTIVE = date(2026, 11, 1)

REPORT_NOTICE = (
    NoticeVersion(
        version=1,
        effective=_EFFECTIVE,
        short=(
            "联系方式可以不填。填写后仅供经办人员就本次上报联系您，加密保存，办结 90 日后删除。",
            "You may leave your contact out. If given, only the officers of this case use it; encrypted, erased 90"
            " days after closing.",
        ),
        fields=_FIELDS,
        purpose=_PURPOSE,
        basis=_BASIS,
        retention=_RETENTION,
        recipients=_RECIPIENTS,
    ),
)
HOTLINE_NOTICE = (
    NoticeVersion(
        version=1,
        effective=_EFFECTIVE,
        short=(
            "请先告知来电人：姓名和电话可以不留；留下的仅用于回访，加密保存，办结 90 日后删除。",
            "Tell the caller first: name and number are optional; they are used to call back only, encrypted, erased 90"
            " days after closing.",
        ),
        fields=_FIELDS,
        purpose=_PURPOSE,
        basis=_BASIS,
        retention=_RETENTION,
        recipients=_RECIPIENTS,
    ),
)
API_NOTICE = (
    NoticeVersion(
        version=1,
        effective=_EFFECTIVE,
        short=(
            "其他系统转来的联系方式：转送方须已告知本人本告知书的内容。",
            "Contacts brought by another system: that system has told the person what this notice says.",
        ),
        fields=_FIELDS,
        purpose=_PURPOSE,
        basis=(
            "个人信息保护法第二十三条（向其他处理者提供须告知并取得单独同意）和第十三条第一款第三项。",
            "PIPL Art. 23 (the sending system informs and has separate consent) and Art. 13(1)(3).",
        ),
        retention=_RETENTION,
        recipients=_RECIPIENTS,
    ),
)

NOTICES = (
    NoticeKind(
        key="report",
        versions="events.kinds.REPORT_NOTICE",
        name_zh="上报问题",
        name_en="Reporting a problem",
        forms=("events.forms.ContactForm",),
        templates=("events/report_contact.html",),
    ),
    NoticeKind(
        key="hotline",
        versions="events.kinds.HOTLINE_NOTICE",
        name_zh="热线与窗口登记",
        name_en="Registration by phone or at the counter",
        forms=("events.forms.RegisterForm",),
        templates=("events/register.html",),
    ),
    NoticeKind(
        key="api",
        versions="events.kinds.API_NOTICE",
        name_zh="其他系统转来的上报",
        name_en="Reports from other systems",
        forms=("events.serializers.ContactIn", "events.serializers.ServiceRequestIn"),
    ),
)

_ARCHIVE = ("档案法第十四条：案卷归档保存", "Archives Law 14: files of public business are kept")
RETENTION = (
    Retention(
        key="events.report",
        model="events.Report",
        fields=("description", "public_text", "result_text"),
        basis=_ARCHIVE,
        after=(
            "上报文字属于案卷；表单提示勿写他人姓名，经审核才公开",
            "the words belong to the file; public only after release",
        ),
        action="keep",
        owner="case__person",
        what=("您上报的文字", "the words of your reports"),
    ),
    Retention(
        key="events.rating",
        model="events.Rating",
        fields=("comment",),
        basis=_ARCHIVE,
        after=("评价属于案卷", "the rating belongs to the file"),
        action="keep",
        owner="case__person",
        what=("您的评价", "your ratings"),
    ),
)

# columns of an edition of the catalogue: field → (Chinese, English)
CATEGORY_FIELDS = {
    "name": ("小类名称", "Minor class"),
    "other_name": ("英文名称", "Chinese name"),
    "major": ("大类", "Major class"),
    "system": ("分类标准及版本", "Standard and version"),
    "active": ("是否启用", "Offered"),
    "public": ("面向", "Offered to"),
    "words": ("常用说法", "What people call it"),
    "conditions": ("立案条件", "Filing conditions"),
    "limits": ("处置时限", "Limits"),
    "closing": ("结案条件", "Closing conditions"),
}
