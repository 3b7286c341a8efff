"""The addresses of the whole site.

Pages that people read or fill in answer with and without /zh/ or /en/ in front; `reverse()` gives
the address with it, `reverse("plain:tracking:gift")` the one without: for labels, QR codes, mails.
"""

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path
from django.utils.translation import gettext_lazy as _
from django.views.i18n import set_language

from portal import metrics, pages
from portal.accounts import views as accounts
from portal.languages import ShortPrefix

admin.site.site_header = _("Shanji workbench")
admin.site.site_title = _("Shanji workbench")
admin.site.index_title = _("What is to be done")

pages_of_parts: list[URLPattern | URLResolver] = [
    path("", include("portal.oversight.urls")),  # /questions/new is no code
    path("", include("portal.tracking.urls")),
    path("", include("portal.needs.urls")),
    path("", include("portal.pledges.urls")),
    path("", include("portal.receipts.urls")),
    path("", include("portal.shipping.urls")),
    path("", include("portal.workspace.urls")),
    path("", include("portal.notices.urls")),
    path("", include("portal.accounts.urls")),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", pages.healthz, name="healthz"),
    path("metrics", metrics.metrics, name="metrics"),
    path("language/", set_language, name="language"),
    path("admin/login/", accounts.to_login),  # one sign-in page for all
    path("admin/logout/", accounts.logout),
    path("admin/password_change/", accounts.password),
    path("admin/", admin.site.urls),
    path("ledger/", include("ledger.urls")),
    path("files/", include("portal.evidence.urls")),
    path("", include((pages_of_parts, "plain"))),
    URLResolver(ShortPrefix(), pages_of_parts),
]

handler400 = pages.bad_request
handler403 = pages.forbidden
handler404 = pages.not_found
handler500 = pages.server_error
