"""Every page: who opens it, and where. Words in braces are objects that tests/faults/inside/every_page.py makes.

A key in braces is the person who holds such a case. tests/journeys/test_every_page.py fails when a route that answers
with a page is neither here nor among the exceptions.
"""

PAGES: dict[str, list[str]] = {
    "": [
        "/", "/report/", "/track/", "/area/", "/area/370902900/", "/grids/",
        "/grids/370902900002S01/",
        "/grids/370902900002S01/poster/", "/addresses/", "/addresses/?q=街", "/accounts/login/", "/accounts/phone/",
        "/accounts/phone/code/", "/accessibility/", "/privacy/", "/privacy/notices/report/1/", "/offline/",
        "/accounts/inactive/", "/demo/outbox/", "/track/{reported_link}/", "/track/{end_link}/", "/track/{claim_link}/",
        "/track/{privacy_link}/",
        "/wages/", "/wages/?q=W370902001", "/wages/projects/W370902001/", "/wages/claim/",
        "/services/", "/services/?q=店招&for=organisation", "/services/{item}/", "/services/{card}/",
        "/licences/verify/", "/licences/verify/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA/",
        "/ogc/?f=html", "/ogc/api?f=html", "/ogc/conformance?f=html", "/ogc/collections?f=html",
        "/ogc/collections/divisions?f=html", "/ogc/collections/divisions/items?f=html",
        "/ogc/collections/divisions/items/370902?f=html", "/ogc/collections/cases/items?f=html&limit=5",
        "/ogc/collections/grids-service/items?f=html&limit=5",
    ],
    "resident": [
        "/services/mine/", "/services/mine/{matter_submitted}/", "/services/mine/{matter_submitted}/withdraw/",
        "/services/mine/{matter_supplementing}/", "/services/mine/{matter_supplementing}/supplement/",
        "/services/mine/{matter_half}/", "/services/mine/{matter_granted}/", "/services/licences/{licence}/",
        "/services/{item}/apply/", "/services/{card}/apply/", "/my-data/", "/notices/", "/wages/mine/",
        "/wages/mine/{line}/{month}/dispute/", "/accounts/sessions/",
    ],
    "{checking_by}": [
        "/duties/mine/",
        "/field/", "/field/report/", "/field/map/", "/field/outbox/", "/field/me/", "/field/cases/{checking}/",
        "/field/cases/{checking}/check_passed/", "/field/cases/{checking}/check_failed/",
        "/desk/cases/{checking}/check/check_passed/",
    ],
    "{handling_by}": [
        "/field/", "/field/cases/{handling}/", "/field/cases/{handling}/finish/", "/desk/cases/{handling}/",
        "/desk/cases/{handling}/finish/", "/desk/cases/{handling}/{handling_step}/hand-over/",
    ],
    "acceptor": [
        "/desk/", "/desk/inbox/mine/", "/desk/cases/", "/desk/register/", "/desk/grids/", "/notices/", "/desk/api/",
        "/desk/components/", "/desk/cases/{reported}/",
        "/desk/cases/{reported}/file/", "/desk/cases/{reported}/move/reject/", "/desk/cases/{reported}/urge/",
        "/desk/cases/{reported}/contact/", "/desk/cases/{end}/", "/desk/cases/{end}/release/",
        "/desk/cases/{papers}/",
    ],
    "dispatcher": [
        "/desk/editions/", "/desk/editions/routing/", "/desk/editions/categories/", "/desk/editions/wage-rules/",
        "/desk/editions/catalogue/", "/desk/editions/routing/{routing_draft}/",
        "/desk/editions/categories/{categories_draft}/", "/desk/editions/wage-rules/{wage_rules_draft}/",
        "/desk/editions/catalogue/{catalogue_draft}/", "/desk/rules/{routing_id}/new/",
        "/desk/rules/{routing_id}/rule/{rule}/", "/desk/categories/{categories_id}/new/",
        "/desk/categories/{categories_id}/row/{category}/", "/desk/wages/rules/{wage_rules_id}/paid_share/",
        "/desk/services/editions/{catalogue_id}/{item}/", "/desk/inbox/overdue/",
        "/desk/editions/routing/{handed_in}/simulations/", "/desk/editions/routing/{handed_in}/simulations/{run}/",
    ],
    "chief": [
        "/desk/cases/?sort=due", "/desk/editions/routing/{handed_in}/", "/desk/editions/routing/1/",
        "/desk/editions/routing/?at=2026-01-01T08:00",
        "/desk/zoning/{waiting}/", "/desk/zoning/?date={today}&since=2026-01-01",
    ],
    "sc-coordinator": ["/desk/cases/{matter_half}/", "/desk/cases/{matter_half}/opinion/review_first/"],
    "approver": [
        "/desk/services/", "/desk/services/licences/", "/desk/services/licences/{licence}/revoke/",
        "/services/licences/{licence}/", "/desk/services/file/{item}/", "/desk/cases/{matter_submitted}/",
        "/desk/cases/{matter_submitted}/move/accept/", "/desk/cases/{matter_submitted}/missing/",
        "/desk/cases/{matter_supplementing}/", "/desk/cases/{matter_supplementing}/papers/",
        "/desk/cases/{matter_deciding}/grant/", "/desk/cases/{matter_deciding}/refuse/",
        "/desk/cases/{matter_deciding}/personal/",
    ],
    "window": ["/desk/", "/desk/services/", "/desk/services/file/{card}/"],
    "inspector": [
        "/desk/wages/", "/desk/wages/projects/W370902001/", "/desk/imports/", "/desk/imports/new/wages.sheet/",
        "/desk/imports/new/wages.projects/", "/desk/imports/{projects_right}/", "/desk/imports/{projects_wrong}/",
        "/desk/imports/{sheet_right}/", "/desk/imports/{sheet_wrong}/", "/desk/cases/{claim}/",
        "/desk/cases/{warning_confirmed}/", "/desk/cases/{warning_heard}/order/",
        "/desk/cases/{warning_ordered}/payment/",
    ],
    "registrar": [
        "/desk/zoning/", "/desk/zoning/?date=2027-01-01&since={today}", "/desk/zoning/files/",
        "/desk/zoning/{drawing}/", "/desk/zoning/{drawing}/?tool=split&grid={grid}",
        "/desk/imports/new/grids.divisions/", "/desk/imports/{divisions_right}/", "/desk/imports/{divisions_wrong}/",
        "/desk/duties/", "/desk/duties/?on={today}&grid={grid}", "/desk/blind-spots/",
    ],
    "admin": [
        "/accounts/2fa/", "/accounts/reauthenticate/", "/accounts/2fa/totp/activate/", "/accounts/password/change/",
        "/desk/users/", "/desk/users/new/", "/desk/users/{user}/", "/desk/departments/", "/desk/departments/new/",
        "/desk/departments/{department}/", "/desk/operations/", "/desk/operations/jobs/{job}/",
        "/desk/imports/new/ledger.holidays/", "/desk/imports/{holidays_right}/", "/desk/imports/{holidays_wrong}/",
    ],
    "security": ["/desk/memberships/", "/desk/memberships/new/", "/desk/clients/", "/desk/retention/?count=1"],
    "auditor": ["/desk/audit/", "/desk/retention/", "/desk/retention/?count=1"],
    "dataofficer": ["/desk/", "/desk/cases/{privacy}/"],
    "leader": ["/desk/", "/desk/wages/"],
    "evaluator": ["/desk/cases/"],
    "{second}": [
        "/accounts/2fa/authenticate/", "/accounts/2fa/reauthenticate/", "/accounts/reauthenticate/", "/accounts/2fa/",
        "/accounts/2fa/recovery-codes/", "/accounts/2fa/recovery-codes/generate/", "/accounts/2fa/totp/deactivate/",
        "/accounts/logout/",
    ],
}  # fmt: skip

ON_FOOT = {"", "resident", "{checking_by}", "{handling_by}"}

# pattern of route names → why there is no page to look at
NO_PAGE = {
    "open311_*": "data for programs",
    "api_description": "data for programs",
    "webmanifest": "data for the browser",
    "service_worker": "script",
    "grids_map_config": "data for the map",
    "grids_at_json": "data for the map",
    "grids_zoning_map": "data for the map",
    "grids_layer_map": "data for the map",
    "grids_duty_calendar": "calendar file",
    "grids_duties_act": "leads back to the roster",
    "*_tile": "data for the map",
    "events_report_addresses": "a part of the page that asks for the place",
    "*photo": "picture",
    "cases:preview": "a part of the list of cases, which is in the list with it",
    "cases:document": "PDF",
    "cases:notice": "PDF",
    "service_licence_pdf": "PDF",
    "imports_template": "spreadsheet",
    "imports_faults": "spreadsheet",
    "grids_layer_export": "geodata",
    "mfa_download_recovery_codes": "text file",
    "accounts_home": "leads on to the start page of the role",
    "set_language": "leads back to where one came from",
    "grids_zoning_edit": "leads back to the draft",
    "grids_zoning_move": "leads back to the draft",
    "admin:*": "Django's own pages, of tables of the configuration to read; one role opens them, and none needs them",
}
