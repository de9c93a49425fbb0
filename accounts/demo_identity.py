"""Identities of the demo: numbers that pass their check digits and belong to nobody, accepted in demo mode only.

The area 379999 is no division of GB/T 2260 and the segment 16100 is assigned to no operator, so neither a person nor a
firm nor a phone can have them; names are visibly invented.
"""

import random
from collections.abc import Sequence

from accounts.rules import DEMO_AREA, DEMO_PHONE, USCC_ALPHABET, credit_check_character, id_check_character

ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
INVENTED = ("示例", "示甲", "示乙", "示丙", "示丁", "例一", "例二", "例三", "虚构", "样本")


def demo_id_number(source: random.Random) -> str:
    """A citizen number of the area 379999: birth 1950 to 2005, right check character."""
    birth = f"{source.randint(1950, 2005)}{source.randint(1, 12):02d}{source.randint(1, 28):02d}"
    first17 = f"{DEMO_AREA}{birth}{source.randint(1, 999):03d}"
    return first17 + id_check_character(first17)


def demo_credit_code(source: random.Random) -> str:
    """A credit code of a firm (91) registered in the area 379999: both check characters right (GB 11714, GB 32100)."""
    body = "".join(source.choice(USCC_ALPHABET) for _ in range(8))
    signs = zip((int(sign, 36) for sign in body), ORGANISATION_WEIGHTS, strict=True)
    rest = 11 - sum(value * weight for value, weight in signs) % 11
    first17 = f"91{DEMO_AREA}{body}{'X' if rest == 10 else '0' if rest == 11 else rest}"
    return first17 + credit_check_character(first17)


def demo_phone(source: random.Random) -> str:
    """A mobile number of the segment 16100."""
    return f"{DEMO_PHONE}{source.randint(0, 999999):06d}"


def demo_name(source: random.Random, surnames: Sequence[str] = SURNAMES) -> str:
    """A visibly invented name, for example 王示例."""
    return source.choice(surnames) + source.choice(INVENTED)
