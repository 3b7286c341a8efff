"""The public files of the log, under /ledger/ (c2sp.org/tlog-tiles)."""

from django.urls import path, re_path

from ledger import views

app_name = "ledger"
urlpatterns = [
    path("checkpoint", views.checkpoint, name="checkpoint"),
    path("policy", views.policy, name="policy"),
    path("receipt.vkey", views.receipt_vkey, name="receipt_vkey"),
    re_path(r"^(?P<name>anchor/.+)\Z", views.anchor, name="anchor"),
    re_path(r"^(?P<name>tile/.+)\Z", views.tile, name="tile"),
    re_path(r"^disclosures/(?P<number>.+)\Z", views.disclosures, name="disclosures"),
]
