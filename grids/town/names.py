"""Invented names, and where each use of land lies among the villages. All of it is illustrative (示意)."""

from random import Random

from grids.town.romanise import romanise

COUNTY = "370902"
FIRST_TOWNSHIP = 900  # third segment 900–999 is reserved for the invented; the real list ends far below
MARK_ZH, MARK_EN = "（示意）", " (illustrative)"
VILLAGES = (
    "青禾村",
    "云帆社区",
    "杏坛社区",
    "枫林村",
    "澄湖社区",
    "晨光社区",
    "星河社区",
    "百合社区",
    "稻香村",
    "和畅社区",
    "鹿鸣社区",
    "望川村",
)
TILE = len(VILLAGES)
RURAL = frozenset({0, 3, 8, 11})  # corners of the three rows of four
CORE = frozenset({1, 2, 5, 6})  # where unit grids of the management scheme are drawn
# place of the village in the tile → what special grids it has (专属网格), with the landmark that stands there
SPECIAL = {
    1: (("park", "云帆公园"),),
    2: (("school", "杏坛学校"),),
    4: (("park", "澄湖公园"),),
    5: (("market", "晨光集贸市场"),),
    6: (("site", "星河工地"),),
    7: (("school", "百合学校"),),
    9: (("market", "和畅农贸市场"), ("park", "和畅公园")),
    10: (("site", "鹿鸣工地"),),
}
USE_ZH = {"park": "公园", "market": "市场", "school": "学校", "site": "工地"}
LANDMARK_EN = {"公园": "Park", "学校": "School", "集贸市场": "Market", "农贸市场": "Market", "工地": "Building Site"}
RIVER, STATION, RAILWAY = "澄溪河", "示范站", "示范铁路"
FIRST = "云星澄晨青和书银翠霁岚锦瑞清望听沐栖溯玉"
SECOND = "帆光禾畅竹川泉枫鹭桥舟雁松棠原屿杉荷岸月"


def marked(name: str) -> tuple[str, str]:
    """Chinese and pinyin name of an invented division, both saying that it is one."""
    return name + MARK_ZH, romanise(name) + MARK_EN


def landmark_en(name: str) -> str:
    """Pinyin name of a landmark with its generic part in English."""
    for ending, english in LANDMARK_EN.items():
        if name.endswith(ending):
            return f"{romanise(name.removesuffix(ending) + '村').removesuffix(' Village')} {english}"
    return romanise(name)


def street_names(count: int, random: Random) -> list[str]:
    """Two-character stems, all different, in a seeded order."""
    stems = [a + b for a in FIRST for b in SECOND]
    random.shuffle(stems)
    return [stems[k % len(stems)] + ("" if k < len(stems) else str(k // len(stems) + 1)) for k in range(count)]
