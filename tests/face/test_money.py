"""What the desk says of sums."""

from decimal import Decimal

import pytest
from django.utils.translation import override

from govplatform.templatetags.ui import money, money_large


@pytest.mark.parametrize(
    ("amount", "chinese", "english"),
    [
        ("228000000", "2.28 亿元", "228.00 million yuan"),
        ("1326400", "132.6 万元", "1.33 million yuan"),
        ("24640.00", "2.5 万元", "24,640 yuan"),
        ("999.40", "999 元", "999 yuan"),
        ("0", "0 元", "0 yuan"),
    ],
)
def test_a_sum_is_told_in_the_steps_of_the_language(amount: str, chinese: str, english: str) -> None:
    with override("zh-hans"):
        assert money(Decimal(amount)) == chinese
    with override("en"):
        assert money(Decimal(amount)) == english


def test_the_one_number_of_a_box_has_a_small_unit() -> None:
    with override("zh-hans"):
        assert money_large(Decimal(1_326_400)) == "132.6<small>万元</small>"
