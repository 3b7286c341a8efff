"""Addresses of tracking: every page is public and the same for every reader."""

from django.urls import path

from portal.tracking import lists, pages, views

app_name = "tracking"
urlpatterns = [
    path("", lists.home, name="home"),
    path("needs/", lists.needs, name="needs"),
    path("needs/<str:code>/", views.need, name="need"),
    path("gifts/", lists.gifts, name="gifts"),
    path("g/", views.lookup, name="lookup"),
    path("g/<str:code>/", views.gift, name="gift"),
    path("g/<str:code>/qr.svg", pages.qr, name="gift_qr"),
    path("g/<str:code>/events.json", pages.events, name="gift_events"),
    path("shipments/<str:code>/", views.shipment, name="shipment"),
    path("organisations/", lists.organisations, name="organisations"),
    path("o/<str:code>/", views.organisation, name="organisation"),
    path("ledger/", pages.ledger_page, name="ledger"),
    path("ledger/entry/<int:index>/", pages.entry, name="entry"),
    path("about/", pages.about, name="about"),
    path("privacy/", pages.privacy, name="privacy"),
]
