"""Addresses of receipts: confirming a delivery by its secret link."""

from django.urls import path

from portal.receipts import after_pages, views

app_name = "receipts"
urlpatterns = [
    path("confirm/thanks/<str:code>/", views.thanks, name="thanks"),
    path("confirm/thanks/<str:code>/receipt", views.signed_receipt, name="receipt"),
    path("confirm/<str:token>/", views.confirm, name="confirm"),
    path("after/<str:token>/", after_pages.after, name="after"),
    path("after/<str:token>/recalls/<str:code>/", after_pages.after_recall, name="after_recall"),
    path("after/<str:token>/<slug:move>/", after_pages.after_move, name="after_move"),
]
