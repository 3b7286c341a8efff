"""Which language a page is in: by its address (/zh/, /en/), then cookie, then Accept-Language."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import LocalePrefixPattern
from django.utils import translation
from django.utils.cache import patch_vary_headers

View = Callable[[HttpRequest], HttpResponse]
PREFIXES = {"zh-hans": "zh", "en": "en"}
NAMES = {"zh-hans": "中文", "en": "English"}  # each in its own language
CODES = {prefix: code for code, prefix in PREFIXES.items()}


class ShortPrefix(LocalePrefixPattern):
    """zh/ or en/, where Django would make it zh-hans/."""

    @property
    def language_prefix(self) -> str:
        return PREFIXES.get(translation.get_language() or "", "zh") + "/"


def prefix_of(path: str) -> str:
    """'zh' or 'en' when the address begins so, else an empty string."""
    first = path.lstrip("/").partition("/")[0]
    return first if first in CODES and path.startswith(f"/{first}/") else ""


def unprefixed(path: str) -> str:
    """The address that serves every language; for labels, QR codes and mails."""
    prefix = prefix_of(path)
    return path[len(prefix) + 1 :] if prefix else path


def in_language(path: str, language: str) -> str:
    """The same page's address in that language."""
    return f"/{PREFIXES[language]}{unprefixed(path)}"


def by_address(get_response: View) -> View:
    """Speak the language of the address; elsewhere the reader's, and say what that depended on."""

    def middleware(request: HttpRequest) -> HttpResponse:
        prefix = prefix_of(request.path_info)
        language = CODES[prefix] if prefix else translation.get_language_from_request(request)
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = get_response(request)
        if not prefix and "text/html" in response.get("Content-Type", ""):
            patch_vary_headers(response, ("Accept-Language", "Cookie"))
        response.setdefault("Content-Language", language)
        return response

    return middleware


def page(request: HttpRequest) -> dict[str, Any]:
    """What every page may say of itself: nothing about who reads it."""
    path = request.path_info
    language = translation.get_language() or settings.LANGUAGE_CODE
    return {
        "demo": settings.DEMO,
        "mirror_of": settings.MIRROR_OF,
        "site_origin": settings.SITE_ORIGIN,
        "canonical": settings.SITE_ORIGIN + in_language(path, language),
        "languages": [
            {
                "code": code,
                "name": NAMES[code],
                "address": in_language(path, code),
                "current": code == language,
            }
            for code in PREFIXES
        ],
    }
