"""Reads, scoped to the viewer; personal data masked."""

from accounts.kinds import Hat, Presence
from accounts.queries.choices import department_choices, role_choices, scope_choices, user_choice
from accounts.queries.city import export_departments, export_roles, export_users
from accounts.queries.desk import (
    AuditRow,
    ClientRow,
    DepartmentRow,
    MembershipRow,
    UserRow,
    audit_entries,
    clients,
    department,
    departments,
    memberships,
    sees_client,
    sees_membership,
    user_card,
    users,
)
from accounts.queries.messages import NoticeRow, OutboxRow, notices, outbox
from accounts.queries.names import actor_names
from accounts.queries.presence import NOBODY, presence_of_client, presence_of_user, token_hash
from accounts.queries.retention import (
    old_accessattempts,
    old_accessfailurelogs,
    old_accesslogs,
    old_codes,
    old_notices,
    old_sessions,
    old_stand_in_messages,
)
from accounts.queries.signin import demo_user, failures_from, person_ids_of_resident, phone_has_account

__all__ = [
    "NOBODY",
    "AuditRow",
    "ClientRow",
    "DepartmentRow",
    "Hat",
    "MembershipRow",
    "NoticeRow",
    "OutboxRow",
    "Presence",
    "UserRow",
    "actor_names",
    "audit_entries",
    "clients",
    "demo_user",
    "department",
    "department_choices",
    "departments",
    "export_departments",
    "export_roles",
    "export_users",
    "failures_from",
    "memberships",
    "notices",
    "old_accessattempts",
    "old_accessfailurelogs",
    "old_accesslogs",
    "old_codes",
    "old_notices",
    "old_sessions",
    "old_stand_in_messages",
    "outbox",
    "person_ids_of_resident",
    "phone_has_account",
    "presence_of_client",
    "presence_of_user",
    "role_choices",
    "scope_choices",
    "sees_client",
    "sees_membership",
    "token_hash",
    "user_card",
    "user_choice",
    "users",
]
