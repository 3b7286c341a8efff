"""Addresses of published copies: by the digest that was sealed, without a name."""

from django.urls import path, register_converter

from portal.evidence import views


class Sha256:
    regex = "[0-9a-f]{64}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(Sha256, "sha256")

app_name = "evidence"
urlpatterns = [
    path("<sha256:sha256>", views.file, name="file"),
    path("<sha256:sha256>/thumb", views.thumb, name="thumb"),
]
