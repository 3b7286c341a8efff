"""Addresses of the workspaces: the hospital's own, the donor's by his secret link, the dock."""

from django.urls import path

from portal.workspace import claims, dock, recalls, received, slips, views

app_name = "workspace"
urlpatterns = [
    path("hospital/", views.hospital, name="hospital"),
    path("hospital/needs/new/", views.write, name="write"),
    path("hospital/needs/<str:code>/", views.need, name="need"),
    path("hospital/needs/<str:code>/<slug:move>/", views.move, name="move"),
    path("hospital/parcels/<str:code>/<slug:move>/", views.held_move, name="held_move"),
    path("hospital/recalls/<str:code>/", recalls.answer, name="recall"),
    path("hospital/shipments/<str:code>/confirm/", views.confirm, name="confirm"),
    path("hospital/shipments/<str:code>/receipt", views.receipt, name="receipt"),
    path("hospital/receipts/<str:code>/<slug:move>/", received.move, name="receipt_move"),
    path("dock/", dock.dock, name="dock"),
    path("dock/<str:code>/", dock.thing, name="dock_thing"),
    path("dock/<str:code>/<slug:move>/", dock.move, name="dock_move"),
    path("donor/", claims.donor, name="donor"),
    path("claim/<str:token>/", claims.claim, name="claim"),
    path("claim/<str:token>/receipt", claims.receipt, name="claim_receipt"),
    path("claim/<str:token>/agreement", claims.agreement, name="agreement"),
    path("claim/<str:token>/announce/", claims.announce, name="announce"),
    path("claim/<str:token>/send/", claims.send, name="send"),
    path("claim/<str:token>/arrivals/<str:code>/slip", slips.slip, name="slip"),
    path("claim/<str:token>/<slug:move>/", claims.move, name="claim_move"),
]
