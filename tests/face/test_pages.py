"""Pages of the house: home, appearance, what makes the field pages installable, and errors people can use."""

import json

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.utils import translation

from accounts.models import User
from govplatform.middleware import Errors

pytestmark = pytest.mark.django_db


def test_the_home_page_shows_the_doors_that_open(client: Client) -> None:
    page = client.get("/").content.decode()
    assert 'href="/report/"' in page and 'action="/track/"' in page and 'href="/area/"' in page
    assert 'action="/track/"' in page


def test_the_home_page_names_the_city_of_the_folder_in_the_reader_s_language(client: Client) -> None:
    assert 'lang="zh-CN"' in client.get("/", headers={"accept-language": "zh-CN"}).content.decode()
    english = client.get("/", headers={"accept-language": "en"}).content.decode()
    assert 'lang="en"' in english and "Citizen Services" in english


def test_large_text_and_theme_are_kept_in_cookies_and_drawn_by_the_server(client: Client) -> None:
    answer = client.post("/appearance/", {"text": "large", "next": "/privacy/"})
    assert answer.status_code == 302 and answer["Location"] == "/privacy/"
    assert 'data-text="large"' in client.get("/privacy/").content.decode()
    client.post("/appearance/", {"text": "normal"})
    assert "data-text" not in client.get("/privacy/").content.decode()


def test_appearance_refuses_unknown_values_and_foreign_targets(client: Client) -> None:
    answer = client.post("/appearance/", {"text": "huge", "next": "https://elsewhere.example/"})
    assert answer["Location"] == "/" and "text" not in answer.cookies


def test_every_page_forbids_inline_script_and_style(client: Client) -> None:
    policy = client.get("/")["Content-Security-Policy"]
    assert "style-src 'self'" in policy and "unsafe" not in policy


def test_the_manifest_makes_the_field_pages_installable(client: Client) -> None:
    manifest = json.loads(client.get("/manifest.webmanifest").content)
    assert manifest["start_url"] == "/field/" and manifest["display"] == "standalone"
    assert [icon["sizes"] for icon in manifest["icons"]] == ["192x192", "512x512"]
    for icon in manifest["icons"]:
        assert b"PNG" in b"".join(client.get(icon["src"]).streaming_content)[:8]


def test_the_service_worker_comes_from_the_root_and_is_never_cached(client: Client) -> None:
    answer = client.get("/sw.js")
    assert answer["Content-Type"].startswith("text/javascript")
    assert "no-store" in answer["Cache-Control"]
    assert b"addEventListener" in answer.content


def test_an_unknown_address_says_so_and_leads_back(client: Client) -> None:
    answer = client.get("/nowhere/", headers={"accept-language": "en"})
    page = answer.content.decode()
    assert answer.status_code == 404 and "Nothing here" in page and 'href="/"' in page


def test_the_component_sheet_shows_every_state_with_shape_and_word(client: Client) -> None:
    page = client.get("/desk/components/", headers={"accept-language": "en"}).content.decode()
    for level, word in (("ok", "In time"), ("soon", "Due soon"), ("late", "Overdue"), ("hold", "Paused")):
        assert f'<span class="lamp {level}" aria-hidden="true"></span>{word}' in page


def test_a_nul_that_gets_as_far_as_the_database_is_a_bad_request() -> None:
    def asks(request: HttpRequest) -> HttpResponse:
        return HttpResponse(User.objects.filter(username=request.GET["q"]).count())

    request = RequestFactory().get("/", {"q": "a\0b"}, headers={"accept": "application/json"})
    with pytest.raises(ValueError, match="NUL") as met:
        asks(request)
    with translation.override("en"):
        answer = Errors(asks).process_exception(request, met.value)
    assert answer is not None and answer.status_code == 400 and b"cannot be read" in answer.content
