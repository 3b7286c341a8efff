"""Addresses of needs: the hospital's link that says a need still stands."""

from django.urls import path

from portal.needs import still

app_name = "needs"
urlpatterns = [
    path("still-needed/thanks/<str:code>/", still.thanks, name="still_needed_thanks"),
    path("still-needed/<str:token>/", still.still_needed, name="still_needed"),
]
