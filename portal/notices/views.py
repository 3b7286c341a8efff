"""The page behind the stop link: one button, or the mail program's one click."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from portal.accounts.secret import by_secret_link
from portal.notices.following import MARK
from portal.notices.stopping import stop_all, stopped_code


@by_secret_link
def stop(request: HttpRequest, token: str) -> HttpResponse:
    """GET shows the button and changes nothing; POST stops, as often as it is sent."""
    what = stopped_code(token)
    code = "" if what.startswith(MARK) else what
    done = request.method == "POST"
    if done:
        stop_all(what, at=timezone.now())
    return render(request, "notices/stop.html", {"code": code, "done": done})
