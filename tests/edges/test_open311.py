"""GeoReport v2: every call of the standard in JSON and XML, alike in content; errors, windows, what is never told."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode
from xml.etree.ElementTree import Element

import pytest
from defusedxml import ElementTree
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from cases.actions import release
from cases.models import Case
from cases.rules import snapped
from events import actions
from events.models import Category
from events.queries import forget_catalogue
from grids.models import Address, Division
from ledger.clock import app_now, shifted
from tests.edges.ask import call, get, make_token
from tests.events import drive
from tests.events import town as builders
from tests.events.town import HERE, Town

V2 = "/open311/v2"
FORM = "application/x-www-form-urlencoded"
REQUIRED = {
    "service_request_id", "status", "status_notes", "service_name", "service_code", "description", "agency_responsible",
    "service_notice", "requested_datetime", "updated_datetime", "expected_datetime", "address", "address_id", "zipcode",
    "lat", "long", "media_url",
}  # fmt: skip


def json_of(path: str, status: int = 200) -> Any:
    answer = get(path)
    assert answer.status_code == status, answer.content
    assert answer.headers["Content-Type"] == "application/json"
    return answer.json()


def xml_of(path: str, status: int = 200) -> Element:
    answer = get(path)
    assert answer.status_code == status, answer.content
    assert answer.headers["Content-Type"] == "text/xml; charset=utf-8"
    assert answer.content.startswith(b"<?xml version='1.0' encoding='utf-8'?>")
    found: Element = ElementTree.fromstring(answer.content)
    return found


def plain(element: Element) -> dict[str, str]:
    return {child.tag: child.text or "" for child in element}


def as_text(value: Any) -> str:
    return {True: "true", False: "false", None: ""}.get(value, str(value)) if not isinstance(value, str) else value


def send(token: str, form: str = "json", **said: str) -> Any:
    said = {"api_key": token, "service_code": "event-01-0112", "lat": str(HERE[1]), "long": str(HERE[0]), **said}
    headers = {"idempotency_key": said.pop("key")} if "key" in said else {}
    body = urlencode({name: value for name, value in said.items() if value})
    return call("POST", f"{V2}/requests.{form}", "", body, content_type=FORM, **headers)


def test_discovery_names_the_endpoint_and_its_forms(town: Town) -> None:
    found = json_of(f"{V2}/discovery.json")
    endpoint = found["endpoints"][0]
    assert endpoint["url"] == "http://testserver/open311/v2"
    assert endpoint["formats"] == ["text/xml", "application/json"]
    assert endpoint["type"] == "test"
    root = xml_of("/open311/discovery.xml")
    assert root.tag == "discovery"
    assert [child.text for child in root.iterfind("endpoints/endpoint/formats/format")] == endpoint["formats"]
    assert root.findtext("changeset") == found["changeset"]


def test_services_are_those_residents_may_choose(town: Town) -> None:
    rows = json_of(f"{V2}/services.json")
    codes = {row["service_code"] for row in rows}
    assert "event-01-0112" in codes
    leaves = next(row for row in rows if row["service_code"] == "event-01-0112")
    assert leaves["metadata"] is True and leaves["type"] == "realtime"
    assert leaves["group"] and leaves["keywords"].count(",") >= 1
    root = xml_of(f"{V2}/services.xml")
    assert root.tag == "services"
    assert [plain(row) for row in root.iterfind("service")] == [
        {name: as_text(value) for name, value in row.items()} for row in rows
    ]


def test_a_service_is_defined_by_its_filing_conditions(town: Town) -> None:
    found = json_of(f"{V2}/services/part-01-0101.json")
    attribute = found["attributes"][0]
    assert (attribute["code"], attribute["datatype"], attribute["required"]) == ("condition", "singlevaluelist", False)
    assert [value["key"] for value in attribute["values"]][:2] == ["1", "2"]
    root = xml_of(f"{V2}/services/part-01-0101.xml")
    assert root.tag == "service_definition"
    assert root.findtext("attributes/attribute/values/value/key") == "1"
    assert xml_of(f"{V2}/services/nothing.xml", 404).findtext("error/code") == "404"


def test_a_request_is_told_in_both_forms_alike(town: Town) -> None:
    number = builders.case(drive.closed(town)).number
    for path in (f"{V2}/requests/{number}", f"{V2}/requests"):
        rows = json_of(f"{path}.json")
        assert [set(row) for row in rows] == [REQUIRED]
        root = xml_of(f"{path}.xml")
        assert root.tag == "service_requests"
        assert [plain(row) for row in root.iterfind("request")] == [
            {name: as_text(value) for name, value in row.items()} for row in rows
        ]
    row = rows[0]
    assert (row["status"], row["service_code"], row["address_id"]) == ("closed", "part-01-0101", "370902900001S01")
    assert row["requested_datetime"].endswith("T16:00:00Z")
    assert "示意网格" in row["address"] or "Grid" in row["address"]
    assert (row["long"], row["lat"]) == snapped(*HERE)
    assert "井盖已更换" in row["status_notes"]


def test_text_and_photo_are_told_only_after_release(town: Town) -> None:
    case_id = drive.reported(
        town, description="王某家门口", address="望岳路 8 号院内", photos=[builders.photo(town["worker"])]
    )
    number = builders.case(case_id).number
    for form in ("json", "xml"):
        text = get(f"{V2}/requests/{number}.{form}").content.decode()
        assert "王某" not in text and "望岳路" not in text
    row = json_of(f"{V2}/requests/{number}.json")[0]
    assert (row["description"], row["media_url"]) == ("", None)
    actions.release_text(actor=town["acceptor"], case_id=case_id, text="落叶 <堆> & \x0b")
    attachment = builders.case(case_id).attachments.get()
    release(number=number, actor=town["acceptor"], attachment_ids=[attachment.pk])
    row = json_of(f"{V2}/requests/{number}.json")[0]
    assert row["media_url"] == f"http://testserver/released/{attachment.file_id}/full/"
    assert get(row["media_url"].removeprefix("http://testserver")).status_code == 200
    assert xml_of(f"{V2}/requests/{number}.xml").findtext("request/description", "").startswith("落叶 <堆> &")


def test_the_filters_of_the_standard(town: Town) -> None:
    with shifted(timedelta(days=-100)):
        old = builders.case(drive.reported(town)).number
    with shifted(timedelta(days=-20)):
        middle = builders.case(drive.closed(town)).number
    new = builders.case(drive.reported(town, category="event/01/0112")).number
    now = app_now()

    def numbers(**query: Any) -> list[str]:
        return [row["service_request_id"] for row in json_of(f"{V2}/requests.json?{urlencode(query)}")]

    def ago(days: int) -> str:
        return (now - timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%SZ")

    assert numbers() == [new, middle]
    assert numbers(status="open") == [new]
    assert numbers(status="closed") == [middle]
    assert numbers(status="open,closed") == [new, middle]
    assert numbers(service_code="event-01-0112") == [new]
    assert numbers(service_code="event-01-0112,part-01-0101") == [new, middle]
    assert numbers(service_code="nothing-here") == []
    twice = json_of(f"{V2}/requests.json?service_code=event-01-0112&service_code=part-01-0101&status=open,closed")
    assert [row["service_request_id"] for row in twice] == [new, middle]
    assert numbers(start_date=ago(110), end_date=ago(90)) == [old]
    assert numbers(end_date=ago(10)) == [middle, old]
    assert numbers(start_date=ago(5)) == [new]
    assert sorted(numbers(service_request_id=f"{old},{new}", status="closed")) == sorted([old, new])
    assert numbers(page_size=1) == [new]
    assert numbers(page_size=1, page=2) == [middle]
    assert numbers(page_size=1, page=3) == []


WRONG = [
    "colour=red", "stauts=closed",
    "status=lost", "start_date=yesterday", "end_date=2026-13-01", "page=0", "page=x", "page_size=1001",
    "service_code=%00", "service_request_id=a;b", "start_date=2026-01-01&end_date=2026-09-01",
    "start_date=2026-02-01&end_date=2026-01-01", "service_code=" + ",".join(["x"] * 201),
]  # fmt: skip


def test_a_wrong_argument_is_an_error_of_the_standard(town: Town) -> None:
    for query in WRONG:
        found = json_of(f"{V2}/requests.json?{query}", 400)
        assert [set(row) for row in found] == [{"code", "description"}]
        root = xml_of(f"{V2}/requests.xml?{query}", 400)
        assert root.tag == "errors" and root.findtext("error/code") == "400"


def test_what_is_not_there_is_an_error_too(town: Town) -> None:
    for path in ("requests/1", "services/x", "tokens/abc", "nothing", "services/a/b"):
        assert get(f"{V2}/{path}", accept="application/json").status_code == 404
        assert xml_of(f"{V2}/{path}" + ("" if path == "nothing" else ".xml"), 404).findtext("error/code") == "404"
    assert json_of(f"{V2}/services.json?jurisdiction_id=elsewhere", 404)[0]["code"] == 404
    assert get(f"{V2}/services.json?jurisdiction_id=taian").status_code == 200


def test_without_suffix_accept_decides_and_xml_is_usual(town: Town) -> None:
    assert get(f"{V2}/services", accept="application/json").json()
    assert get(f"{V2}/services").headers["Content-Type"].startswith("text/xml")
    assert get(f"{V2}/services", accept="image/png").headers["Content-Type"].startswith("text/xml")


@pytest.mark.parametrize("form", ["json", "xml"])
def test_a_request_is_made_with_a_key_and_followed(town: Town, form: str) -> None:
    answer = send(make_token(town), form, description="落叶成堆", phone="", **{"attribute[condition]": "1"})
    assert answer.status_code == 201, answer.content
    row = answer.json()[0] if form == "json" else plain(ElementTree.fromstring(answer.content)[0])
    case = Case.objects.get(number=row["service_request_id"])
    assert (case.source, case.category, case.answers) == ("api", "event/01/0112", {"condition": 1})
    token = row["service_notice"].rstrip("/").rsplit("/", 1)[1]
    found = json_of(f"{V2}/tokens/{token}.json")
    assert found == [{"service_request_id": case.number, "token": token}]
    assert xml_of(f"{V2}/tokens/{token}.xml").findtext("request/service_request_id") == case.number
    assert get(f"/track/{token}/").status_code == 200


def test_a_repeated_key_answers_as_the_first_time(town: Town) -> None:
    token = make_token(town)
    first, second = send(token, key="k"), send(token, key="k")
    assert first.json() == second.json()
    assert send(token, key="k", description="别的事").status_code == 409
    assert Case.objects.count() == 1


def test_a_key_is_needed_in_the_form_or_the_header_and_never_in_the_address(town: Town) -> None:
    token = make_token(town)
    for answer in (send(""), send("gp_wrong"), send(make_token(town, "reader", ("reports.read",)))):
        assert answer.status_code == 403
        assert answer.json()[0]["code"] == 403
    body = urlencode({"service_code": "event-01-0112", "lat": HERE[1], "long": HERE[0]})
    assert call("POST", f"{V2}/requests.json?api_key={token}", "", body, content_type=FORM).status_code == 403
    assert not Case.objects.exists()
    assert call("POST", f"{V2}/requests.json", token, body, content_type=FORM).status_code == 201
    multipart = {"api_key": token, "service_code": "event-01-0112", "lat": HERE[1], "long": HERE[0]}
    assert Client().post(f"{V2}/requests.json", multipart).status_code == 201


def test_the_place_may_be_an_address(town: Town) -> None:
    token, village = make_token(town), Division.objects.get(level="village")
    for number in (8, 9):
        Address.objects.create(
            code=f"A{number}", text_zh=f"望岳路 {number} 号", text_en=f"Wangyue Road {number}", kind="house",
            point=f"SRID=4326;POINT(117.17{number} 36.19)", division=village,
        )  # fmt: skip
    for said in ({"address_id": "A8"}, {"address_string": "望岳路 8 号"}, {"address_string": "Wangyue Road 8"}):
        answer = send(token, lat="", long="", **said)
        assert answer.status_code == 201, answer.content
        case = Case.objects.get(number=answer.json()[0]["service_request_id"])
        assert case.point is not None and case.point.x == pytest.approx(117.178)
    for said in ({"address_string": "望岳路"}, {"address_string": "无此路"}, {"address_id": "A7"}, {}):
        answer = send(token, lat="", long="", **said)
        assert answer.status_code == 400 and "address_string" in answer.json()[0]["description"]


REFUSED = [
    {"service_code": ""}, {"service_code": "event-99-9999"}, {"lat": "x"}, {"lat": "nan"},
    {"lat": "31.23", "long": "121.47"}, {"description": "x" * 2001}, {"description": "a\x00b"},
    {"attribute[condition]": "99"}, {"attribute[colour]": "red"}, {"attribute[condition]": "x"}, {"phone": "12"},
    {"phone": "1" * 31},
]  # fmt: skip


def test_a_wrong_field_is_refused_with_its_name_and_nothing_is_written(town: Town) -> None:
    token = make_token(town)
    for said in REFUSED:
        answer = send(token, **said)
        assert answer.status_code in (400, 404), (said, answer.content)
        assert answer.json()[0]["description"], said
    assert not Case.objects.exists()


def test_what_is_not_taken_over_is_named_and_the_report_is_not_lost(town: Town) -> None:
    said = {"media_url": "http://169.254.169.254/latest", "email": "a@b.example", "descripton": "x"}
    answer = send(make_token(town), **said)
    assert answer.status_code == 201
    row = answer.json()[0]
    assert all(name in row["service_notice"] for name in said), row
    assert not any(value in row["service_notice"] for value in said.values() if len(value) > 1)
    assert not builders.case(Case.objects.get(number=row["service_request_id"]).pk).attachments.exists()
    assert "media_url" in json_of(f"{V2}/discovery.json")["notice"]
    form = {"api_key": make_token(town, "two"), "service_code": "event-01-0112", "lat": HERE[1], "long": HERE[0]}
    sent = Client().post(f"{V2}/requests.json", {**form, "media": SimpleUploadedFile("a.jpg", b"x")})
    assert "media" in sent.json()[0]["service_notice"]
    assert ":" not in Client().post(f"{V2}/requests.json", form).json()[0]["service_notice"].rpartition("/track/")[2]


def test_a_jurisdiction_of_somebody_else_is_refused_in_the_form_too(town: Town) -> None:
    token = make_token(town)
    assert send(token, jurisdiction_id="elsewhere").status_code == 404
    assert send(token, jurisdiction_id="taian").status_code == 201
    assert Case.objects.count() == 1


def test_a_repeat_is_answered_whatever_has_become_of_the_service(town: Town) -> None:
    token = make_token(town)
    first = send(token, key="k")
    Category.objects.filter(key="event/01/0112").update(active=False)
    forget_catalogue()
    assert (send(token, key="k").status_code, send(token, key="k").json()) == (201, first.json())
    assert send(token, key="k", description="别的事").status_code == 409
    assert send(token, key="new").status_code == 404
    assert send(token).status_code == 404


def test_bodies_that_are_no_form_are_refused(town: Town) -> None:
    token, path = make_token(town), f"{V2}/requests.json"
    assert call("POST", path, token, "{}").status_code == 415
    pieces = Client().generic("POST", path, headers={"transfer-encoding": "chunked"}, CONTENT_TYPE=FORM)
    assert (pieces.status_code, pieces.json()[0]["code"]) == (411, 411)
    assert call("POST", path, token, b"a=" + b"x" * (256 * 1024), content_type=FORM).status_code == 413
    assert call("POST", path, token, b"x", content_type="multipart/form-data; boundary=").status_code == 400
    assert call("POST", path, token, b"\xff\xfe=%ff", content_type=f"{FORM}; charset=utf-16").status_code == 400
    many = "&".join(f"a{n}=1" for n in range(1500))
    assert call("POST", path, token, many, content_type=FORM).status_code == 400
    for method in ("PUT", "DELETE", "PATCH"):
        assert call(method, path, token).json()[0]["code"] == 405


def test_limits_of_the_client_and_of_the_address(town: Town, settings: Any) -> None:
    settings.API_PER_MINUTE = settings.PUBLIC_PER_MINUTE = 1
    token = make_token(town)
    assert send(token).headers["RateLimit-Remaining"] == "0"
    refused = send(token)
    assert (refused.status_code, refused.json()[0]["code"]) == (429, 429)
    client = Client(REMOTE_ADDR="203.0.113.9")
    assert client.get(f"{V2}/services.json").status_code == 200
    again = client.get(f"{V2}/services.xml")
    assert again.status_code == 429 and again.headers["Retry-After"]
    assert ElementTree.fromstring(again.content).findtext("error/code") == "429"
