"""Columns of the report on projects and their special accounts: what the fields of a row are called and mean."""

from collections.abc import Sequence

from ledger.kinds import Column

INDUSTRIES = {
    "房屋建筑": "building", "市政工程": "municipal", "交通工程": "transport", "水利工程": "water",
    "building": "building", "municipal": "municipal", "transport": "transport", "water": "water",
}  # fmt: skip
DATUMS = ("WGS84", "CGCS2000", "GCJ02", "BD09")
NEW_ZH, NEW_EN = "新项目必填；已有项目留空即不变", "needed for a new project; empty leaves what is there"
# a project that is not there yet is made of these
NEEDED = (
    "name_zh", "industry", "division", "lon", "lat", "datum", "address", "owner", "owner_code", "contractor",
    "contractor_code", "contract_price", "signed_on", "ends_on", "pay_day",
)  # fmt: skip
FACTS = (*NEEDED, "name_en", "officer_phone", "bank", "account_tail", "account_opened", "deposit", "deposit_until")
# what comes together or not at all
TOGETHER = (("lon", "lat", "datum"), ("owner", "owner_code"), ("contractor", "contractor_code"))
BANK = ("agreed", "arrived", "arrived_on", "balance")
WAGES = ("attending", "listed", "paid_workers", "due", "paid", "last_paid_on")


def report_columns() -> Sequence[Column]:
    """Columns of the template, in its order: the project, its firms, its account, and the month."""
    return (*_project(), *_firms(), *_account(), *_month())


def _project() -> Sequence[Column]:
    return (
        Column("project", "项目编码", "Project code", "code", required=True, max_length=30, example="W370902101"),
        Column(
            "month", "月份", "Month", "month", aliases=("工资月份",), example="2026-09",
            help_zh="填写本月数字时必填", help_en="needed with figures of a month",
        ),
        Column(
            "name_zh", "项目名称", "Project name", max_length=120, example="示例住宅工程",
            help_zh=NEW_ZH, help_en=NEW_EN,
        ),
        Column(
            "name_en", "项目英文名称", "Project name in English", max_length=160, example="Sample housing",
            help_zh="可不填，英文页面即显示中文名称",
            help_en="optional; without it English pages show the Chinese name",
        ),
        Column(
            "industry", "行业", "Industry", choices=tuple(INDUSTRIES), example="房屋建筑",
            help_zh=NEW_ZH, help_en=NEW_EN,
        ),
        Column(
            "division", "区划代码", "Division code", "code", max_length=12, example="370902001",
            help_zh="工地所在的县、乡镇或村居；新项目必填",
            help_en="county, town or village of the site; needed if new",
        ),
        Column("lon", "经度", "Longitude", "decimal", example="117.175", help_zh=NEW_ZH, help_en=NEW_EN),
        Column("lat", "纬度", "Latitude", "decimal", example="36.19", help_zh=NEW_ZH, help_en=NEW_EN),
        Column(
            "datum", "坐标系", "Datum", "code", choices=DATUMS, example="CGCS2000",
            help_zh="经纬度所用坐标系；手机地图一般为 GCJ02", help_en="of the two numbers; maps on phones mostly GCJ02",
        ),
        Column("address", "工地地址", "Address", example="示例路 1 号", help_zh=NEW_ZH, help_en=NEW_EN),
    )  # fmt: skip


def _firms() -> Sequence[Column]:
    code_zh, code_en = "18 位，末位为校验码", "18 characters, the last is the check character"
    return (
        Column("owner", "建设单位", "Owner", example="示例置业有限公司", help_zh=NEW_ZH, help_en=NEW_EN),
        Column(
            "owner_code", "建设单位信用代码", "Credit code of the owner", "code", max_length=18,
            aliases=("建设单位统一社会信用代码",), help_zh=code_zh, help_en=code_en,
        ),
        Column(
            "contractor", "施工总承包单位", "General contractor", aliases=("总承包单位",), example="示例建工有限公司",
            help_zh=NEW_ZH, help_en=NEW_EN,
        ),
        Column(
            "contractor_code", "总承包单位信用代码", "Credit code of the contractor", "code", max_length=18,
            aliases=("施工总承包单位信用代码", "总承包单位统一社会信用代码"), help_zh=code_zh, help_en=code_en,
        ),
        Column(
            "contract_price", "合同价（元）", "Contract price, yuan", "decimal", example="42000000.00",
            help_zh=NEW_ZH, help_en=NEW_EN,
        ),
        Column(
            "signed_on", "合同签订日期", "Contract signed on", "date", example="2026-03-01",
            help_zh=NEW_ZH, help_en=NEW_EN,
        ),
        Column(
            "ends_on", "计划竣工日期", "Works end on", "date", example="2028-06-30", help_zh=NEW_ZH, help_en=NEW_EN
        ),
        Column(
            "pay_day", "发薪日", "Pay day", "integer", example="20",
            help_zh="次月几日发放，1 至 28；新项目必填", help_en="day of the next month, 1 to 28; needed if new",
        ),
        Column("officer_phone", "劳资专管员电话", "Phone of the labour-wage officer", max_length=30),
    )  # fmt: skip


def _account() -> Sequence[Column]:
    zh, en = "开户银行、账号后四位、开户日期三项同时填写", "bank, last four digits and day of opening together"
    return (
        Column("bank", "专户开户银行", "Bank of the special account", max_length=120, help_zh=zh, help_en=en),
        Column(
            "account_tail", "专户账号后四位", "Account, last four digits", "code", max_length=4, example="0001",
            help_zh=zh, help_en=en,
        ),
        Column(
            "account_opened", "专户开户日期", "Account opened on", "date", example="2026-03-25", help_zh=zh, help_en=en
        ),
        Column("deposit", "工资保证金（元）", "Wage deposit, yuan", "decimal"),
        Column("deposit_until", "保函到期日", "Guarantee until", "date"),
    )  # fmt: skip


def _month() -> Sequence[Column]:
    zh = "出勤、在册、足额发放人数和应发、实发工资同时填写；已导入工资表的月份留空"
    en = "heads, wages due and paid out together; empty for a month whose wage sheet was imported"
    return (
        Column(
            "agreed", "应拨人工费（元）", "Labour fee due into the account, yuan", "decimal", example="120000.00",
            aliases=("约定人工费",),
        ),
        Column(
            "arrived", "实拨人工费（元）", "Labour fee paid into the account, yuan", "decimal", example="120000.00",
            aliases=("到账人工费",),
        ),
        Column("arrived_on", "人工费到账日期", "Labour fee arrived on", "date", example="2026-10-08"),
        Column("balance", "专户月末余额（元）", "Balance at the end of the month, yuan", "decimal", example="8000.00"),
        Column("attending", "出勤人数", "Workers with attendance", "integer", example="12", help_zh=zh, help_en=en),
        Column(
            "listed", "工资表在册人数", "Workers on the payroll", "integer", example="12", help_zh=zh, help_en=en
        ),
        Column(
            "paid_workers", "足额发放人数", "Workers paid in full", "integer", example="12", help_zh=zh, help_en=en
        ),
        Column("due", "应发工资（元）", "Wages due, yuan", "decimal", example="93600.00", help_zh=zh, help_en=en),
        Column("paid", "实发工资（元）", "Wages paid out, yuan", "decimal", example="93600.00", help_zh=zh, help_en=en),
        Column("last_paid_on", "最后发放日期", "Last paid on", "date", example="2026-10-20"),
    )  # fmt: skip
