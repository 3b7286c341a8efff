"""Addresses of notices: stopping the news about a gift by the link in each mail."""

from django.urls import path

from portal.notices import views

app_name = "notices"
urlpatterns = [path("notices/stop/<str:token>/", views.stop, name="stop")]
