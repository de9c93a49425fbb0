"""Datums: published vectors, and there and back again."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grids.datum import Datum, from_wgs84, gcj02_to_bd09, to_wgs84, wgs84_to_gcj02
from grids.town.lattice import metres_between

# published pairs: gcoord 1.0.7 (npm) and a printed Beijing pair
WGS_TO_GCJ = [
    ((117.089, 36.189), (117.09506793, 36.18924747)),
    ((116.404, 39.915), (116.41024450, 39.91640428)),
    ((116.42079, 39.90105), (116.42703, 39.90245)),
]
WGS_TO_BD = [((116.403988, 39.914266), (116.41661560068297, 39.92196580126834))]
LON, LAT = st.floats(73.5, 134.5), st.floats(18.0, 53.5)


@pytest.mark.parametrize(("wgs", "gcj"), WGS_TO_GCJ)
def test_gcj02_agrees_with_published_vectors(wgs: tuple[float, float], gcj: tuple[float, float]) -> None:
    assert wgs84_to_gcj02(*wgs) == pytest.approx(gcj, abs=1e-5 if wgs[0] == 116.42079 else 1e-8)


@pytest.mark.parametrize(("wgs", "bd"), WGS_TO_BD)
def test_bd09_agrees_with_a_published_vector(wgs: tuple[float, float], bd: tuple[float, float]) -> None:
    assert from_wgs84(*wgs, "bd09") == pytest.approx(bd, abs=1e-9)


@given(LON, LAT, st.sampled_from(list(Datum)))
def test_every_datum_comes_back_to_a_tenth_of_a_millimetre(lon: float, lat: float, datum: Datum) -> None:
    assert to_wgs84(*from_wgs84(lon, lat, datum), datum) == pytest.approx((lon, lat), abs=1e-9)


def test_a_gcj02_point_taken_for_wgs84_lands_half_a_kilometre_away_in_tai_an() -> None:
    assert metres_between((117.087, 36.2), wgs84_to_gcj02(117.087, 36.2)) == pytest.approx(546, abs=2)


def test_cgcs2000_is_taken_as_it_is() -> None:
    assert to_wgs84(117.1, 36.2, "cgcs2000") == (117.1, 36.2)


def test_nothing_is_shifted_outside_china() -> None:
    assert wgs84_to_gcj02(2.35, 48.85) == (2.35, 48.85)
    assert gcj02_to_bd09(2.35, 48.85) != (2.35, 48.85)


def test_an_unknown_datum_is_refused() -> None:
    with pytest.raises(ValueError, match="wgs72"):
        to_wgs84(117.1, 36.2, "wgs72")
