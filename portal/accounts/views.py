"""Sign-in, sign-out and one's own password."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login as start_session
from django.contrib.auth import logout as end_session
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from portal.accounts.forms import OwnPassword, SignIn
from portal.accounts.guesses import PER, may_try, was_right
from portal.accounts.models import Person
from portal.accounts.roles import HOSPITAL


@sensitive_post_parameters("password")
@never_cache
def login(request: HttpRequest) -> HttpResponse:
    """422 for a wrong name or password, 429 for too many tries; then to `next` on this host or to
    one's own work."""
    form = SignIn(request, request.POST if request.method == "POST" else None)
    if request.method != "POST":
        return _page(request, form)
    address, username = request.META["REMOTE_ADDR"], request.POST.get("username", "")
    at = timezone.now()
    if not may_try(username=username, address=address, at=at):
        return _too_many(request, username)
    if not form.is_valid():
        return _page(request, form, status=422)
    person = form.get_user()
    assert isinstance(person, Person)
    was_right(address=address, at=at)
    start_session(request, person)
    return redirect(_wanted(request) or _work_of(person))


@require_POST
def logout(request: HttpRequest) -> HttpResponse:
    """Whoever has the device next finds nothing of the forms that were kept on it."""
    end_session(request)
    response = redirect(settings.LOGOUT_REDIRECT_URL)
    response["Clear-Site-Data"] = '"storage"'
    return response


@sensitive_post_parameters()
@never_cache
@login_required
def password(request: HttpRequest) -> HttpResponse:
    """Change one's own password; every other session of this person ends."""
    assert isinstance(request.user, Person)
    form = OwnPassword(request.user, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        update_session_auth_hash(request, form.save())
        messages.success(request, _("Your password is changed."))
        return redirect(_work_of(request.user))
    status = 422 if form.is_bound else 200
    return render(request, "accounts/password.html", {"form": form}, status=status)


def to_login(request: HttpRequest) -> HttpResponse:
    """The admin's own sign-in page is this one."""
    return redirect(f"{reverse('accounts:login')}?{request.GET.urlencode()}")


def _page(request: HttpRequest, form: SignIn, status: int = 200) -> HttpResponse:
    context = {"form": form, "next": _wanted(request)}
    return render(request, "accounts/login.html", context, status=status)


def _too_many(request: HttpRequest, username: str) -> HttpResponse:
    reason = _("Too many tries to sign in. Please wait five minutes; your account is not locked.")
    context = {"form": SignIn(request, initial={"username": username[:60]}), "reason": reason}
    context["next"] = _wanted(request)
    answer = render(request, "accounts/login.html", context, status=429)
    answer["Retry-After"] = str(PER)
    return answer


def _wanted(request: HttpRequest) -> str:
    """The page asked for before signing in, if it is on this very host."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    fine = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if fine else ""


def _work_of(person: Person) -> str:
    if person.is_staff:
        return reverse("admin:index")
    if HOSPITAL in person.roles:
        return reverse("workspace:hospital")
    return settings.LOGIN_REDIRECT_URL
