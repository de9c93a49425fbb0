"""Routes of accounts. Sign-in, sign-out, second factor and sessions are allauth's, declared in access.THIRD_PARTY."""

from django.urls import path

from accounts.views import demo, desk, hats, retention, signin

urlpatterns = [
    path("accounts/home/", signin.home, name="accounts_home"),
    path("accounts/hat/", signin.hat, name="accounts_hat"),
    path("accounts/phone/", signin.phone, name="accounts_phone"),
    path("accounts/phone/code/", signin.phone_code, name="accounts_phone_code"),
    path("notices/", signin.notices, name="accounts_notices"),
    path("notices/read/", signin.notices_read, name="accounts_notices_read"),
    path("desk/users/", desk.users, name="accounts_users"),
    path("desk/users/new/", desk.user_new, name="accounts_user_new"),
    path("desk/users/<int:user_id>/", desk.user, name="accounts_user"),
    path("desk/users/<int:user_id>/state/", desk.user_state, name="accounts_user_state"),
    path("desk/users/<int:user_id>/password/", desk.user_password, name="accounts_user_password"),
    path("desk/departments/", desk.departments, name="accounts_departments"),
    path("desk/departments/new/", desk.department, name="accounts_department_new"),
    path("desk/departments/<int:department_id>/", desk.department, name="accounts_department"),
    path("desk/memberships/", hats.memberships, name="accounts_memberships"),
    path("desk/memberships/new/", hats.membership_new, name="accounts_membership_new"),
    path("desk/memberships/<int:membership_id>/end/", hats.membership_end, name="accounts_membership_end"),
    path("desk/clients/", hats.clients, name="accounts_clients"),
    path("desk/clients/<int:client_id>/revoke/", hats.client_revoke, name="accounts_client_revoke"),
    path("desk/audit/", desk.audit, name="accounts_audit"),
    path("desk/retention/", retention.retention, name="accounts_retention"),
    path("desk/retention/holds/<int:hold_id>/release/", retention.hold_release, name="accounts_hold_release"),
    path("demo/sign-in/", demo.sign_in, name="demo_sign_in"),
    path("demo/outbox/", demo.outbox, name="demo_outbox"),
]
