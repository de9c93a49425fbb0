"""All routes of the site with the rule each declares, and matrix.yaml with the rule each is expected to have."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from django.urls import URLPattern, URLResolver, get_resolver

from accounts.access import AccessRule, rule_of

EXPECTED = Path(__file__).with_name("matrix.yaml")


@dataclass(frozen=True)
class Route:
    """One URL pattern; `params` are the names of its arguments."""

    name: str
    view: Callable[..., Any]
    params: tuple[str, ...]

    @property
    def rule(self) -> AccessRule | None:
        return rule_of(self.view, self.name)

    @property
    def key(self) -> str:
        """Line of matrix.yaml: Django's admin is one line."""
        return "admin:*" if self.name.startswith("admin:") and self.rule_text.startswith("right") else self.name

    @property
    def rule_text(self) -> str:
        rule = self.rule
        return " ".join((rule.gate.value, *sorted(rule.rights))) if rule else "undeclared"


def routes() -> list[Route]:
    """Every pattern of the URL conf, in its order."""
    return list(_walk(get_resolver().url_patterns, "", ()))


def _walk(patterns: list[Any], namespace: str, params: tuple[str, ...]) -> Iterator[Route]:
    for pattern in patterns:
        here = (*params, *pattern.pattern.regex.groupindex)
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from _walk(pattern.url_patterns, inner, here)
        elif isinstance(pattern, URLPattern):
            yield Route(f"{namespace}{pattern.name or pattern.lookup_str}", pattern.callback, here)


def expected() -> dict[str, Any]:
    """matrix.yaml."""
    read: dict[str, Any] = yaml.safe_load(EXPECTED.read_text(encoding="utf-8"))
    return read
