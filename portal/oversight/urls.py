"""Addresses of oversight: asking about a record, and answering."""

from django.urls import path

from portal.oversight import following as views_follow
from portal.oversight import views

app_name = "oversight"
urlpatterns = [
    path("questions/new", views.ask, name="ask"),
    path("questions/asked/", views.asked, name="asked"),
    path("questions/<str:code>/answer/", views.answer, name="answer"),
    path("follow/<str:code>/", views_follow.follow, name="follow"),
    path("follow/confirm/<str:token>/", views_follow.confirm, name="follow_confirm"),
]
