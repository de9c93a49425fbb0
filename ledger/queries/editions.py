"""Which version of a rule set or catalogue is in force."""

from datetime import datetime

from ledger.models import Edition


def edition_in_force(kind: str, at: datetime) -> Edition | None:
    """The published edition that applies at a moment; None before the first.

    Arguments:
        kind: "routing", "categories", …
        at: aware moment; an edition replaced since still answers for its own time.
    """
    published = (Edition.State.PUBLISHED, Edition.State.SUPERSEDED)
    candidates = Edition.objects.filter(kind=kind, state__in=published, effective_from__lte=at)
    return candidates.order_by("-effective_from", "-number").first()
