from django.apps import AppConfig


class ToysConfig(AppConfig):
    name = "tests.toys"
    verbose_name = "Toys"
