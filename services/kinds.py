"""What applicants are told, and how long what they gave is kept."""

from datetime import date

from ledger.kinds import NoticeVersion, Retention

NOTICE = "service"
_ARCHIVE = (
    "国务院关于在线政务服务的若干规定第十二条：电子档案随办件保存",
    "Decree 716 Art. 12: the electronic archive stays with the matter",
)

SERVICE_NOTICE = (
    NoticeVersion(
        version=1,
        effective=date(2026, 11, 1),
        short=(
            "所填信息只用于办理本事项和核发证照，加密保存；工作人员查看明文须注明用途，您可以看到。",
            "What you fill in serves this application and its licence only; it is encrypted, and whoever sees it in"
            " clear states a purpose that you can read.",
        ),
        fields=(
            ("姓名、公民身份号码、手机号", "name, citizen number, mobile number"),
            ("事项表单中的其他填写内容", "the other answers of the form"),
            ("上传的材料照片", "photos of papers"),
        ),
        purpose=(
            "核对申请条件、作出决定、核发和核验电子证照、告知您办理进展。",
            "To check the conditions, to decide, to issue and verify the licence, and to tell you how it goes.",
        ),
        basis=(
            "个人信息保护法第十三条第一款第三项（履行法定职责）；行政许可法第三十一条、第三十二条。",
            "PIPL Art. 13(1)(3), statutory duty; Administrative Licensing Law Art. 31 and 32.",
        ),
        retention=(
            "随办件档案保存；草稿三十天未动即删除。",
            "With the archive of the matter; a draft nobody touches is deleted after thirty days.",
        ),
        recipients=(
            "受理单位和承办部门中经手本办件的工作人员。核验证照的人只看到隐去中间字的姓名。",
            "Those at the accepting body and the departments who handle it. Whoever verifies a licence sees the name"
            " with its middle hidden.",
        ),
    ),
)

RETENTION = (
    Retention(
        key="services.draft",
        model="services.Draft",
        fields=("person", "content"),
        basis=("个人信息保护法第十九条：最短必要期限", "PIPL Art. 19: no longer than needed"),
        after=("最后一次保存后", "after it was last kept"),
        action="delete",
        days=30,
        rows="services.queries.old_drafts",
        owner="person",
        what=("未提交的申请草稿", "drafts of applications"),
    ),
    Retention(
        key="services.matter",
        model="services.Matter",
        fields=("personal", "answers", "supplement_answer", "decision"),
        basis=_ARCHIVE,
        after=("随办件档案保存", "stays with the archive of the matter"),
        action="keep",
        owner="case__person",
        what=("申请时填写的个人信息和材料", "personal answers and papers of your applications"),
    ),
    Retention(
        key="services.licence",
        model="services.Licence",
        fields=("person", "holder", "holder_index", "facts", "revoke_reason"),
        basis=_ARCHIVE,
        after=("证照注销或过期后仍须可核验", "a revoked or expired licence must still be verifiable"),
        action="keep",
        owner="case__case__person",
        what=("凭您的申请核发的证照", "licences issued on your applications"),
    ),
)

ITEM_FIELDS = {
    "name": ("事项名称", "Name"),
    "who": ("受理条件", "Who may apply"),
    "accept_days": ("受理时限（工作日）", "Acceptance (working days)"),
    "promised_days": ("承诺时限（工作日）", "Promised (working days)"),
    "statutory_days": ("法定时限（工作日）", "By law (working days)"),
    "supplement_days": ("补正期限（工作日）", "To complete (working days)"),
    "fee": ("收费（元）", "Fee (yuan)"),
    "review": ("审查方式", "Review"),
    "accepting": ("受理单位", "Accepted by"),
    "issuing": ("决定单位", "Decided by"),
    "form": ("填写项", "Fields"),
    "materials": ("材料", "Papers"),
}

# transitions with a screen of their own
MOVES = {
    "ask_supplement": "service_supplement",
    "supply": "service_supply",
    "review_first": "service_opinion",
    "review_beside": "service_opinion",
    "review_after": "service_opinion",
    "grant": "service_grant",
    "refuse": "service_refuse",
}
