"""What every API view shares: limits, problem details, pages by key, conditional answers. Routes are in the rooms."""

from accounts.api.base import ApiView, actor_of, refuse_body
from accounts.api.fields import (
    LIMIT_MOST,
    FlagField,
    LimitField,
    MomentField,
    NumberField,
    StrictIn,
    TextField,
    read_moment,
)
from accounts.api.limits import Count, hit, limit_headers, public_limit
from accounts.api.pages import next_link, page_parameters, read_query, refuse_unknown
from accounts.api.problems import ProblemOut, TooLarge, problems

__all__ = [
    "LIMIT_MOST",
    "ApiView",
    "Count",
    "FlagField",
    "LimitField",
    "MomentField",
    "NumberField",
    "ProblemOut",
    "StrictIn",
    "TextField",
    "TooLarge",
    "actor_of",
    "hit",
    "limit_headers",
    "next_link",
    "page_parameters",
    "problems",
    "public_limit",
    "read_moment",
    "read_query",
    "refuse_body",
    "refuse_unknown",
]
