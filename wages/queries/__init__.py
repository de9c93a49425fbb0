"""Reads of wages, scoped to the viewer; the public part never touches a pay line."""

from wages.queries.handling import (
    ClaimDetail,
    WarningDetail,
    category_names,
    claim_detail,
    deadline,
    labour_above,
    warning_detail,
    warning_facts,
)
from wages.queries.public import (
    PublicAct,
    PublicDecision,
    PublicMonth,
    PublicPage,
    PublicProject,
    PublicProjectPage,
    public_project,
    public_projects,
)

__all__ = [
    "ClaimDetail",
    "PublicAct",
    "PublicDecision",
    "PublicMonth",
    "PublicPage",
    "PublicProject",
    "PublicProjectPage",
    "WarningDetail",
    "category_names",
    "claim_detail",
    "deadline",
    "labour_above",
    "public_project",
    "public_projects",
    "warning_detail",
    "warning_facts",
]
