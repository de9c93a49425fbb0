"""Neighbouring parts joined to as few simple rings as possible. Pure."""

from collections.abc import Mapping

from grids.rules.coverage import Refused, Ring, merged, sides


def joined(parts: Mapping[str, Ring]) -> list[tuple[Ring, tuple[str, ...]]]:
    """Rings around groups of neighbours, each with the codes in it; no ring encloses anything that is not of its group.

    Where something else lies in the middle of the parts, those around it make more than one group.
    """
    left = dict(sorted(parts.items()))
    found = []
    while left:
        code, ring = next(iter(left.items()))
        del left[code]
        group = [code]
        while (more := _next(ring, left)) is not None:
            code, ring = more
            del left[code]
            group.append(code)
        found.append((ring, tuple(sorted(group))))
    return found


def _next(ring: Ring, left: Mapping[str, Ring]) -> tuple[str, Ring] | None:
    """The first part that can be joined to the ring, and the ring with it."""
    back = {(b, a) for a, b in sides(ring)}
    for code, other in left.items():
        if back.isdisjoint(sides(other)):
            continue
        try:
            return code, merged(ring, other)
        except Refused:  # something would lie between them
            continue
    return None
