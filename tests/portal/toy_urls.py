"""A site of one page, in two languages."""

from django.http import HttpResponse, JsonResponse
from django.urls import URLResolver, include, path, reverse
from django.utils.translation import get_language

from portal.languages import ShortPrefix


def thing(request, code):
    return HttpResponse(f"{get_language()} {reverse('toy:thing', args=[code])}")


def file(request):
    return JsonResponse({})


handler404 = "portal.pages.not_found"
toy = [path("", include(([path("things/<code>/", thing, name="thing")], "toy")))]
urlpatterns = [
    path("file", file),
    path("", include((toy, "plain"))),
    URLResolver(ShortPrefix(), toy),
]
