"""P3: a service that two departments review one after the other is handed on by a Celery worker alone."""

import io

from PIL import Image

from tests.faults import page
from tests.faults.rig import Rig, wait_until
from tests.faults.web import Web

SIGN = "379999010002"  # its catalogue says: serial
REVIEWS = (("first", "370902-cg", "coordinator"), ("after", "370902-zj", "zj-coordinator"))
OPEN = """
SELECT a.step_key, d.code, a.id, a.version FROM cases_assignment a JOIN cases_case c ON c.id = a.case_id
  JOIN accounts_department d ON d.id = a.department_id WHERE c.number = %s AND a.open
"""
PROMISED = """
SELECT p.payload->>'step', p.done_at IS NOT NULL
  FROM ledger_promise p JOIN cases_case c ON c.id::text = p.payload->>'case'
 WHERE p.kind = 'cases.route' AND c.number = %s ORDER BY p.id
"""


def applied(rig: Rig) -> str:
    """A sign over a shop, applied for on the page; its number."""
    out = io.BytesIO()
    Image.new("RGB", (64, 48), "grey").save(out, "JPEG")
    typed = {
        "applicant_type": "person", "agent.name": "王示例", "agent.id_number": "379999198001010016",
        "agent.phone": "16100000077", "place": "示范街 8 号", "form": "sign", "area": "3", "lit": "yes",
        "until": "2099-01-01",
    }  # fmt: skip
    papers = {f"material_{paper}": (f"{paper}.jpg", out.getvalue()) for paper in ("drawing", "right")}
    place, text = Web(rig.base).sign_in("resident").post(f"/services/{SIGN}/apply/", typed, files=papers)
    assert "/services/mine/" in place, text
    return place.rstrip("/").rpartition("/")[2]


def test_p3_a_worker_hands_a_serial_service_from_one_department_to_the_next(whole_rig: Rig) -> None:
    rig = whole_rig
    rig.ensure("web", "worker")  # no relay and no beat: who redeems is the worker
    number = applied(rig)

    def stands(step: str, department: str) -> None:
        wait_until(
            lambda: [row[:2] for row in rig.rows(OPEN, number)] == [(step, department)],
            within=15, what=f"{step} is with {department}", every=0.1,
        )  # fmt: skip

    approver = Web(rig.base).sign_in("approver")
    approver.post(f"/desk/cases/{number}/move/accept/", {"expected_version": "0"}, page="/desk/")
    for step, department, officer in REVIEWS:
        stands(step, department)
        assignment, version = rig.rows(OPEN, number)[0][2:]
        opinion = {"opinion": "agree", "note": "符合要求", "assignment_id": assignment, "expected_version": version}
        Web(rig.base).sign_in(officer).post(f"/desk/cases/{number}/opinion/review_{step}/", opinion)
    stands("decide", "370902-sp")
    assert rig.rows(PROMISED, number) == [("first", True), ("after", True), ("decide", True)]
    assert set(rig.running) == {"web", "worker"}
    rig.check_invariants()
    page.note("P3", "serial", "a serial service: two departments and the decision, each handed on by the worker alone")
