"""The only writers of accounts: one durable transaction each, except the parts that run inside a caller's transaction
(`notify`, `create_person`, `create_organisation`) and the promise handlers, whose transaction is ledger's."""

from accounts.actions.approvals import tell_approvers
from accounts.actions.city import load_departments, load_roles, load_users
from accounts.actions.clients import create_client, revoke_client
from accounts.actions.departments import save_department
from accounts.actions.members import end_membership, grant_membership, switch_hat
from accounts.actions.notices import notify, prepare_delivery, read_all_notices, record_delivery, send_delivery
from accounts.actions.people import (
    close_accounts,
    correct_people,
    create_organisation,
    create_person,
    erase_person,
    forget_contacts,
)
from accounts.actions.phones import CORRECT, check_code, prepare_code, prove_phone, record_code, request_code, send_code
from accounts.actions.signins import record_lockout, record_sign_in, record_sign_out
from accounts.actions.users import create_user, disable_user, edit_user, enable_user, set_password

__all__ = [
    "CORRECT",
    "check_code",
    "close_accounts",
    "correct_people",
    "create_client",
    "create_organisation",
    "create_person",
    "create_user",
    "disable_user",
    "edit_user",
    "enable_user",
    "end_membership",
    "erase_person",
    "forget_contacts",
    "grant_membership",
    "load_departments",
    "load_roles",
    "load_users",
    "notify",
    "prepare_code",
    "prepare_delivery",
    "prove_phone",
    "read_all_notices",
    "record_code",
    "record_delivery",
    "record_lockout",
    "record_sign_in",
    "record_sign_out",
    "request_code",
    "revoke_client",
    "save_department",
    "send_code",
    "send_delivery",
    "set_password",
    "switch_hat",
    "tell_approvers",
]
