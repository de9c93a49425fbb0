"""Parts of the city (部件): the 16 digits and the classes (GB/T 30428.2-2013; CJ/T 214-2007 in older data)."""

MAJORS = {
    "GB/T 30428.2-2013": {
        "01": ("公用设施", "Public utilities"),
        "02": ("道路交通设施", "Roads and traffic"),
        "03": ("市容环境设施", "City appearance"),
        "04": ("园林绿化设施", "Greening"),
        "05": ("其他部件", "Other parts"),
    },
    "CJ/T 214-2007": {
        "01": ("公用设施", "Public utilities"),
        "02": ("道路交通", "Roads and traffic"),
        "03": ("市容环境", "City appearance"),
        "04": ("园林绿化", "Greening"),
        "05": ("房屋土地", "Houses and land"),
        "06": ("其他设施", "Other parts"),
        "21": ("扩展部件", "The city's own"),
    },
}
# minor classes in use; the series of 2007 numbers them otherwise, so a name is told for 2013 only
MINORS = {
    "0101": ("上水井盖", "Water manhole"),
    "0102": ("污水井盖", "Sewage manhole"),
    "0103": ("雨水井盖", "Storm manhole"),
    "0104": ("雨水箅子", "Storm grate"),
    "0106": ("路灯井盖", "Street-light manhole"),
    "0110": ("热力井盖", "Heating manhole"),
    "0111": ("燃气井盖", "Gas manhole"),
    "0123": ("不明井盖", "Unidentified manhole"),
    "0127": ("通讯交接箱", "Telecom cabinet"),
    "0128": ("电力设施", "Power facility"),
    "0130": ("电力立杆", "Power pole"),
    "0131": ("通信立杆", "Telecom pole"),
    "0137": ("路灯", "Street lamp"),
    "0146": ("户外健身设施", "Outdoor fitness"),
    "0150": ("监控电子眼", "Camera"),
    "0154": ("充电站（桩）", "Charging station"),
    "0201": ("停车场", "Car park"),
    "0204": ("公交站亭（牌）", "Bus stop"),
    "0209": ("跨河桥", "River bridge"),
    "0212": ("路名牌", "Street name sign"),
    "0217": ("交通护栏", "Traffic guardrail"),
    "0225": ("非机动车停放点", "Bicycle parking"),
    "0301": ("公共厕所", "Public toilet"),
    "0303": ("化粪池", "Septic tank"),
    "0304": ("垃圾中转站", "Waste transfer station"),
    "0305": ("垃圾箱（果皮箱、桶）", "Litter bin"),
    "0306": ("户外广告", "Outdoor advertisement"),
    "0308": ("宣传栏", "Notice board"),
    "0401": ("古树名木", "Ancient tree"),
    "0402": ("行道树", "Street tree"),
    "0404": ("护树设施", "Tree guard"),
    "0405": ("花钵花架", "Planter"),
    "0406": ("雕塑", "Sculpture"),
    "0407": ("街头座椅", "Bench"),
    "0410": ("喷泉", "Fountain"),
    "0507": ("水域护栏", "Water guardrail"),
}
DIGITS = 16


def part_code_fault(code: str, system: str) -> str:
    """What is wrong with the 16 digits: digits, class, serial; "" if nothing.

    6 digits county, 2 major class, 2 minor class, 6 serial from 000001. Minor classes are not refused when unknown:
    cities add their own downwards from 99.
    """
    if len(code) != DIGITS or not (code.isascii() and code.isdigit()):
        return "digits"
    if code[6:8] not in MAJORS.get(system, {}):
        return "class"
    return "serial" if code[10:] == "000000" or code[8:10] == "00" else ""


def part_class(code: str, system: str) -> tuple[str, str]:
    """Chinese and English name of the class of a part: the minor one if it is known, else the major one."""
    if system.startswith("GB") and code[6:10] in MINORS:
        return MINORS[code[6:10]]
    return MAJORS.get(system, {}).get(code[6:8], ("", ""))
