"""What registries need at start: columns of the rules, how long what says something about a worker is kept, what a
claimant is told.
"""

from datetime import date

from cases.kinds import CaseKind
from ledger.kinds import NoticeVersion, Retention

RULE_FIELDS: dict[str, tuple[str, str]] = {
    "name": ("规则", "Rule"),
    "level": ("等级", "Level"),
    "months": ("几个月后", "Months after"),
    "days": ("发薪日后几日", "Days after the pay date"),
    "share": ("支付率低于", "Share below"),
    "clause": ("条款", "Clause"),
}
# what a draft of the rules would change, what hurts most first: code → (Chinese, English)
RULE_VERDICTS = {
    "gone": ("将不再产生预警", "would no longer be found"),
    "opens": ("将新产生预警", "would be found anew"),
    "level": ("等级将改变（已有预警保持原等级）", "another level (a warning that stands keeps its own)"),
    "figures": ("仍产生预警，依据的数字不同", "still found, by other figures"),
}

_DECREE = "保障农民工工资支付条例"
RETENTION = (
    Retention(
        key="wages.worker",
        model="wages.Worker",
        fields=("person", "id_number_index"),
        basis=(
            f"{_DECREE}第二十八条：工程完工且结清后至少三年",
            "Decree 724 Art. 28: three years after completion and settlement",
        ),
        after=(
            "实名制台账属于监管记录，随项目保存",
            "the real-name roster is a record of supervision, kept with the project",
        ),
        action="keep",
        owner="person",
        what=("工地实名制名册", "real-name rosters of building sites"),
    ),
    Retention(
        key="wages.payline",
        model="wages.PayLine",
        fields=("worker", "due", "paid"),
        basis=(f"{_DECREE}第十五条：工资台账至少三年", "Decree 724 Art. 15: the wage ledger, at least three years"),
        after=("工资台账属于监管记录，随项目保存", "the wage ledger is a record of supervision, kept with the project"),
        action="keep",
        owner="worker__person",
        what=("工资台账", "lines of wage ledgers"),
    ),
    Retention(
        key="wages.project",
        model="wages.Project",
        fields=("address",),
        basis=("政府信息公开条例：工程信息应公开", "particulars of works are public"),
        after=("非个人信息：工地地址", "no personal data: address of a building site"),
        action="keep",
    ),
    Retention(
        key="wages.claim",
        model="wages.WageClaim",
        fields=("employer", "description", "result_text"),
        basis=("档案法第十四条：案卷归档保存", "Archives Law 14: files of public business are kept"),
        after=("诉求属于案卷；诉求人身份另行删除", "the claim belongs to the file; the claimant's identity is erased"),
        action="keep",
        owner="case__person",
        what=("您反映的欠薪诉求", "your claims of unpaid wages"),
    ),
)

CLAIM_NOTICE = (
    NoticeVersion(
        version=1,
        effective=date(2026, 11, 1),
        short=(
            "您的姓名和电话仅供劳动保障监察机构核实欠薪情况、回复您使用，不会告诉被反映的单位。",
            "Your name and number serve the labour inspectorate to look into the claim and to answer you."
            " The employer is never told.",
        ),
        fields=(
            ("姓名", "name"),
            ("手机号", "mobile number"),
            ("用工单位、月份和金额", "employer, months and amount"),
        ),
        purpose=(
            "核实欠薪、责令支付、把处理结果告知您。",
            "To look into the arrears, to order payment, to tell you the result.",
        ),
        basis=(
            f"个人信息保护法第十三条第一款第三项；{_DECREE}第十条（投诉举报受理与反馈）、劳动保障监察条例第九条（为举报人保密）。",
            "PIPL Art. 13(1)(3); Decree 724 Art. 10 (complaints are taken and answered); Labour Inspection Regulation"
            " Art. 9 (the informant is kept secret).",
        ),
        retention=(
            "案件办结 90 日后删除联系方式；案卷按档案管理规定保存。",
            "Contact details are erased 90 days after closing; the file itself is archived.",
        ),
        recipients=(
            "经办的劳动保障监察机构。未经您同意不向用工单位透露您的身份；每次查看都留痕，您可以查看。",
            "The labour inspectorate that handles it. The employer learns who you are only with your consent; each look"
            " leaves a trace that you can see.",
        ),
    ),
)

SHEET_NOTICE = (
    NoticeVersion(
        version=1,
        effective=date(2026, 11, 1),
        short=(
            "您的姓名、证件号码、手机号、出勤和工资由施工总承包单位按月报送，仅供劳动保障监察使用；凭手机验证码可查本人明细。",
            "Your name, ID number, mobile number, attendance and pay are reported monthly by the general contractor,"
            " for the labour inspectorate only; with a code to your phone you see your own lines.",
        ),
        fields=(
            ("姓名、证件号码、手机号", "name, ID number, mobile number"),
            ("班组、出勤天数、应发和实发金额、发放日期", "team, days attended, due and paid, day of payment"),
        ),
        purpose=(
            "监测工资支付，发现拖欠并责令支付；让您核对自己的工资。",
            "To watch the payment of wages, to find arrears and order payment; to let you check your own pay.",
        ),
        basis=(
            f"个人信息保护法第十三条第一款第三项；{_DECREE}第十五条、第二十八条、第三十八条（实名制、工资台账、监控预警平台）。",
            "PIPL Art. 13(1)(3); Decree 724 Art. 15, 28, 38 (real-name roster, wage ledger, monitoring platform).",
        ),
        retention=(
            "工程完工且工资结清后三年。",
            "Three years after the works are complete and all wages are settled.",
        ),
        recipients=(
            "经办的劳动保障监察机构；每次查看都留痕。任何公开页面都不显示工人信息。",
            "The labour inspectorate that handles it; each look leaves a trace. No public page shows a worker.",
        ),
    ),
)

CASES = (
    CaseKind(
        slug="wage_warning",
        name_zh="工资预警",
        name_en="Wage warning",
        icon="cash-stack",
        workflow="wages.workflow.WARNING",
        detail="wages.queries.warning_detail",
        facts="wages.queries.warning_facts",
        deadline="wages.queries.deadline",
        categories="wages.queries.category_names",
        moves={"order": "wage_order", "record_payment": "wage_payment"},
        partial="wages/warning_detail.html",
        called="warning",
    ),
    CaseKind(
        slug="wage_claim",
        name_zh="欠薪诉求",
        name_en="Wage claim",
        icon="cash-stack",
        workflow="wages.workflow.CLAIM",
        detail="wages.queries.claim_detail",
        categories="wages.queries.category_names",
        partial="wages/claim_detail.html",
        called="claim",
        tracking="wages.queries.claim_track",
    ),
)
