"""Rules of the house for every template, whoever wrote it."""

import re
from pathlib import Path

from django.conf import settings
from django.template import TemplateSyntaxError, engines

ROOT = settings.BASE_DIR / "templates"
TEMPLATES = {
    str(path.relative_to(ROOT)): path.read_text(encoding="utf-8") for path in sorted(Path(ROOT).rglob("*.html"))
}
LONGEST = 120
# what is not a word to a reader: template code, comments, class names in blocks, keys, drawings
NOT_WORDS = re.compile(
    r"{% comment %}.*?{% endcomment %}|{% blocktranslate.*?{% endblocktranslate %}"
    r"|{% block (?:rail|shell_class|width|scroll) %}.*?{% endblock[^%]*%}"
    r"|{%.*?%}|{{.*?}}|{#.*?#}|<(kbd|code|svg|script)\b.*?</\1>|<!--.*?-->|<!doctype html>|&\w+;",
    re.DOTALL,
)
PROPER_NAMES = re.compile(
    r"\bEnglish\b|\bWGS 84\b|\bGovPlatform\b|\bOpenAPI\b|\bOGC API – Features(?:, 17-069r4)?|\bOpen311 GeoReport v2\b"
    r"|\bGeoJSON\b|\bGeoPackage\b|\bPDF\b|>id<"
)
INLINE = re.compile(r"<style\b|\sstyle=|\son[a-z]+=[\"']|javascript:")
OUTSIDE = re.compile(r"(?:src|href|action)=[\"'](?:https?:)?//")


def _executable(text: str) -> list[str]:
    return [tag for tag in re.findall(r"<script\b[^>]*>", text) if "src=" not in tag and "application/json" not in tag]


def _untranslated(text: str) -> list[str]:
    text = PROPER_NAMES.sub("><", NOT_WORDS.sub(" ", text))
    visible = re.sub(r"<[^>]*>", "\n", text)
    words = [hit.group().strip() for line in visible.splitlines() if (hit := re.search(r"[A-Za-z]{2,}[^\n]*", line))]
    return words + re.findall(r'(?:aria-label|placeholder|alt|title)="([^"]*[A-Za-z]{3,}[^"]*)"', text)


def test_every_template_compiles() -> None:
    broken = {}
    for name in TEMPLATES:
        try:
            engines["django"].get_template(name)
        except TemplateSyntaxError as error:
            broken[name] = str(error)
    assert broken == {}


def test_no_template_is_longer_than_a_screenful_or_two() -> None:
    assert {name: len(lines) for name, text in TEMPLATES.items() if len(lines := text.splitlines()) > LONGEST} == {}


def test_no_template_has_inline_script_or_style() -> None:
    assert [name for name, text in TEMPLATES.items() if INLINE.search(text) or _executable(text)] == []


def test_no_template_fetches_from_outside() -> None:
    assert [name for name, text in TEMPLATES.items() if OUTSIDE.search(text)] == []


def test_every_visible_word_is_translated() -> None:
    assert {name: words for name, text in TEMPLATES.items() if (words := _untranslated(text))} == {}


def test_the_check_for_words_finds_one() -> None:
    assert _untranslated('<p class="b">Hello</p><input placeholder="Name">') == ["Hello", "Name"]
