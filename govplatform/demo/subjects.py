"""What the demo's people report, in their words, and what those who handle it write."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Subject:
    """A matter that recurs.

    Arguments:
        category: key of the catalogue. condition: number of the filing condition that fits.
        picture: subject of `drawings`.
        told: what a reporter writes. done: what the handler writes. result: what the reporter and the public read.
        weight: how often it happens.
        by_hand: no automatic rule fits: an officer files and dispatches.
    """

    category: str
    condition: int
    picture: str
    told: tuple[str, ...]
    done: str
    result: str
    weight: int = 3
    by_hand: bool = False


SUBJECTS = (
    Subject(
        "part/01/0102",
        1,
        "manhole",
        ("井盖不见了，晚上很危险", "污水井盖移位，车轮卡了一下"),
        "已围挡并更换井盖",
        "井盖已更换，稳固平整。",
        5,
    ),
    Subject(
        "part/01/0101",
        3,
        "manhole",
        ("井盖过车就响，夜里睡不着", "自来水井盖松动"),
        "已加装垫圈固定",
        "井盖已加固，过车无响动。",
        4,
        by_hand=True,
    ),
    Subject("part/01/0103", 1, "manhole", ("雨水井盖裂成两半",), "已更换新井盖", "井盖已更换。", 3),
    Subject(
        "part/01/0104",
        2,
        "manhole",
        ("雨水箅子堵了，一下雨就积水", "落叶把排水口堵住了"),
        "已清掏疏通",
        "排水口已疏通。",
        4,
        by_hand=True,
    ),
    Subject(
        "event/01/0110",
        1,
        "heap",
        ("垃圾堆在路边两天没人收", "楼下空地有一堆生活垃圾", "集市散场后垃圾没有清"),
        "已清运并冲洗地面",
        "垃圾已清运，地面已冲洗。",
        9,
    ),
    Subject(
        "event/01/0111", 1, "heap", ("装修渣土倒在巷口", "砖头瓦块堆了半个月"), "已联系车辆清运", "渣土已清运。", 4
    ),
    Subject("event/01/0112", 1, "heap", ("路面全是泥水", "落叶厚厚一层，电动车打滑"), "已清扫冲洗", "路面已清扫。", 5),
    Subject(
        "event/01/0113",
        1,
        "hole",
        ("路中间有个坑，雨天看不见", "路面破了一大块"),
        "已修补压实",
        "路面已修补，恢复通行。",
        6,
        by_hand=True,
    ),
    Subject(
        "event/01/0192", 1, "bin", ("垃圾桶满了没人清", "四个桶都溢出来了"), "已清空并增加一次清运", "垃圾桶已清空。", 6
    ),
    Subject("part/03/0305", 1, "bin", ("果皮箱门掉了", "垃圾桶轮子坏了倒在路上"), "已更换桶体", "垃圾桶已更换。", 3),
    Subject(
        "part/01/0137", 1, "lamp", ("门口路灯不亮三天了", "小路上一盏灯也不亮"), "已更换光源", "路灯已恢复照明。", 7
    ),
    Subject("part/01/0137", 2, "lamp", ("整条街路灯都灭了",), "已修复线路", "路灯线路已修复。", 3),
    Subject(
        "event/01/0125", 1, "water", ("河面漂着塑料瓶和水草", "桥下水面都是垃圾"), "已打捞干净", "水面漂浮物已打捞。", 4
    ),
    Subject(
        "event/01/0126",
        1,
        "water",
        ("河水发黑有臭味",),
        "已查明并封堵雨污混接口",
        "混接口已封堵，水质好转。",
        2,
        by_hand=True,
    ),
    Subject("part/05/0507", 1, "rail", ("河边栏杆断了一截，孩子常在那儿玩",), "已围挡并焊接修复", "护栏已修复。", 3),
    Subject("part/02/0217", 2, "rail", ("马路护栏被撞歪了", "护栏少了一节"), "已更换护栏", "护栏已更换。", 4),
    Subject(
        "part/04/0402",
        1,
        "tree",
        ("大风把树枝吹断，挡住了人行道", "行道树倒了"),
        "已锯除清运",
        "断枝已清除，道路畅通。",
        4,
        by_hand=True,
    ),
    Subject(
        "event/04/0405",
        1,
        "stall",
        ("店家把桌椅摆到人行道上", "水果店把货摆到路上"),
        "已劝导退回店内",
        "货物已退回店内。",
        5,
    ),
    Subject("event/04/0401", 1, "stall", ("流动摊贩堵住学校门口",), "已劝离并清扫", "摊贩已劝离。", 4),
    Subject(
        "event/04/0410", 1, "rail", ("共享单车把盲道占了", "电动车乱停堵住单元门"), "已摆放整齐", "车辆已摆放整齐。", 4
    ),
    Subject("event/01/0128", 1, "stall", ("门店大喇叭从早放到晚",), "已要求关闭喇叭", "喇叭已停止播放。", 3),
    Subject("event/01/0129", 1, "stall", ("夜里露天烧烤油烟进屋",), "已停止经营并撤离炉具", "烧烤摊已撤离。", 3),
    Subject(
        "event/02/0201", 1, "other", ("电线杆上贴满小广告", "楼道墙上喷了电话号码"), "已清除覆盖", "小广告已清除。", 4
    ),
    Subject(
        "event/03/0304",
        1,
        "other",
        ("工地尘土飞扬，窗户不敢开",),
        "已督促覆盖洒水",
        "裸土已覆盖，出入口已洒水。",
        3,
        by_hand=True,
    ),
    Subject("event/03/0301", 1, "other", ("半夜还在打桩",), "已责令停止夜间施工", "夜间施工已停止。", 2, by_hand=True),
    Subject("event/05/0503", 2, "water", ("下水道返水到院子里",), "已疏通", "管道已疏通。", 3),
    Subject("event/05/0505", 1, "hole", ("路面突然塌了一块",), "已围挡回填", "塌陷处已围挡回填。", 2),
    Subject("event/05/0508", 1, "lamp", ("电线垂到一人高",), "已重新固定线缆", "线缆已固定。", 2),
    Subject("event/01/0101", 1, "other", ("楼顶正在搭阳光房",), "已停工并拆除", "违建部分已拆除。", 2, by_hand=True),
    Subject("event/01/0136", 1, "other", ("楼道口堆满旧家具",), "已搬离", "堆物已清理，通道畅通。", 3, by_hand=True),
    Subject(
        "part/02/0284", 1, "hole", ("人行道地砖松动，老人绊倒过",), "已重新铺装", "地砖已铺装平整。", 3, by_hand=True
    ),
    Subject(
        "event/06/0699",
        1,
        "other",
        ("树上有只猫下不来", "广场舞音响插座漏电打手"),
        "已到场处理",
        "已处理。",
        2,
        by_hand=True,
    ),
)
