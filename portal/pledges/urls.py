"""Addresses of pledges: give for a need, give what you have, and the page shown afterwards."""

from django.urls import path

from portal.pledges import views

app_name = "pledges"
urlpatterns = [
    path("needs/<str:code>/pledge/<int:no>/", views.pledge, name="pledge"),
    path("pledge/", views.offer, name="offer"),
    path("pledge/given/<str:code>/", views.given, name="given"),
    path("pledge/given/<str:code>/receipt", views.receipt, name="receipt"),
]
