"""Addresses of accounts."""

from django.urls import URLPattern, path

from portal.accounts import views

app_name = "accounts"
urlpatterns: list[URLPattern] = [
    path("accounts/login/", views.login, name="login"),
    path("accounts/logout/", views.logout, name="logout"),
    path("accounts/password/", views.password, name="password"),
]
