"""Addresses of tracking: every page is public and the same for every reader."""

from django.urls import path, re_path

from portal.tracking import (
    asking,
    board,
    capacity,
    explorer,
    guide,
    issued,
    lists,
    pages,
    verifying,
    views,
)

app_name = "tracking"
urlpatterns = [
    path("", lists.home, name="home"),
    path("needs/", asking.needs, name="needs"),
    path("needs/<str:code>/", views.need, name="need"),
    path("gifts/", lists.gifts, name="gifts"),
    path("g/", views.lookup, name="lookup"),
    path("g/<str:code>/", views.gift, name="gift"),
    path("g/<str:code>/qr.svg", pages.qr, name="gift_qr"),
    path("g/<str:code>/events.json", pages.events, name="gift_events"),
    path("g/<str:code>/proof", verifying.proof, name="gift_proof"),
    path("g/<str:code>/proof.json", verifying.proof_json, name="gift_proof_json"),
    path("needs/<str:code>/proof", verifying.proof, name="need_proof"),
    path("needs/<str:code>/proof.json", verifying.proof_json, name="need_proof_json"),
    path("issued/", issued.issued, name="issued"),
    path("transport/", capacity.capacity, name="capacity"),
    path("shipments/<str:code>/", views.shipment, name="shipment"),
    path("shipments/<str:code>/proof", verifying.proof, name="shipment_proof"),
    path("shipments/<str:code>/proof.json", verifying.proof_json, name="shipment_proof_json"),
    path("lots/<str:code>/", board.lot, name="lot"),
    path("warehouses/", board.warehouses, name="warehouses"),
    path("warehouses/<str:code>/", board.warehouse, name="warehouse"),
    path("organisations/", lists.organisations, name="organisations"),
    path("o/<str:code>/", views.organisation, name="organisation"),
    path("ledger/", explorer.ledger_page, name="ledger"),
    path("ledger/entry/<int:index>/", explorer.entry, name="entry"),
    re_path(
        r"^ledger/entry/(?P<name>0|[1-9][0-9]{0,17})/(?P=name)\.(?P<kind>entry|tlog-proof)\Z",
        explorer.entry_file,
        name="entry_file",
    ),
    path("ledger/checkpoints/", explorer.checkpoints, name="checkpoints"),
    path("ledger/integrity/", explorer.integrity, name="integrity"),
    path("verify/", verifying.verify, name="verify"),
    path("verify/offline.html", verifying.verify_offline, name="verify_offline"),
    path("guide/masks/", guide.masks, name="guide_masks"),
    path("about/", pages.about, name="about"),
    path("privacy/", pages.privacy, name="privacy"),
]
