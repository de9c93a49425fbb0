"""The people of the demo, for its sign-in page and its strip."""

from django import template

from accounts.kinds import DEMO_ROLES, DemoRole

register = template.Library()


@register.simple_tag
def demo_roles() -> list[DemoRole]:
    """One entry per button, in the order of the tour."""
    return list(DEMO_ROLES.values())
