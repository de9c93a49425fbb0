"""What an upper app says about a change of boundaries before it is published: dotted names only.

A consequence is `(parts, grid_ids, scheme) -> list[Consequence]`: parts are (code, polygon as WKB) after the change,
grid_ids the grids that lose something. It reads and returns counts and numbers, never persons.
"""

from dataclasses import dataclass

consequences: dict[str, str] = {}


@dataclass(frozen=True, slots=True)
class Consequence:
    """Something that changes its grid.

    Arguments:
        kind: cases, households, addresses or posts.
        before, after: grid codes; "" for none.
        count: how many.
        examples: some numbers or codes.
    """

    kind: str
    before: str
    after: str
    count: int
    examples: tuple[str, ...] = ()


def register_consequence(name: str, query: str) -> None:
    """A dotted name of a query that says what a change would move."""
    consequences[name] = query
