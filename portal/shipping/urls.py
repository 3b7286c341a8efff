"""Addresses of shipping: a carrier's own offers, by its secret link."""

from django.urls import path

from portal.shipping import carrier_link

app_name = "shipping"
urlpatterns = [
    path("carry/<str:token>/", carrier_link.offer, name="carry"),
    path("carry/<str:token>/<str:code>/<slug:move>/", carrier_link.offer_move, name="carry_move"),
]
