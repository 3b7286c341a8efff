"""The page behind the stop link: one button, or the mail program's one click."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from portal.accounts.secret import by_secret_link
from portal.notices import commands
from portal.notices.stopping import stopped_code


@by_secret_link
def stop(request: HttpRequest, token: str) -> HttpResponse:
    """GET shows the button and changes nothing; POST stops, as often as it is sent."""
    code = stopped_code(token)
    done = request.method == "POST"
    if done:
        commands.stop(code, at=timezone.now())
    return render(request, "notices/stop.html", {"code": code, "done": done})
