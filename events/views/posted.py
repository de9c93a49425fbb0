"""What every move's form posts back besides its own fields."""

from typing import Any

from accounts.access import ActorRequest


def moved_by(request: ActorRequest) -> dict[str, Any]:
    """Actor, version seen and step, as keyword arguments of an action; an unreadable version is an old one."""
    version = request.POST.get("expected_version", "")
    assignment = request.POST.get("assignment_id", "")
    return {
        "actor": request.actor,
        "expected_version": int(version) if version.isdigit() else 0,
        "assignment_id": int(assignment) if assignment.isdigit() else None,
    }
