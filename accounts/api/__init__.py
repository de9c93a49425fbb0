"""What every API view shares: limits, problem details, pages by key, conditional answers. Routes are in the rooms."""

from accounts.api.base import ApiView, actor_of
from accounts.api.fields import LIMIT_MOST, FlagField, LimitField, MomentField, NumberField, TextField, read_moment
from accounts.api.limits import Count, hit, limit_headers, public_limit
from accounts.api.pages import next_link, page_parameters, read_query
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
]
