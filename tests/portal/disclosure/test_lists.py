"""What may be said is decided once: an undecided field fails the check with the line to add."""

import pytest
from django.db import models

from portal.disclosure.lists import check_models, collect, every_field_is_decided
from tests.factories.clock import AT
from tests.toys.models import Label, Toy


def test_every_field_of_the_portal_is_decided():
    assert every_field_is_decided() == []


def test_an_undecided_field_fails_the_check_with_the_line_to_add():
    class Forgotten(models.Model):
        phone = models.CharField(max_length=20)

        class Meta:
            app_label = "toys"
            managed = False

        class Disclosure:
            internal = ("id",)

    (error,) = check_models([Forgotten])

    assert error.id == "disclosure.E001"
    assert error.msg == (
        "toys.Forgotten.phone is in no disclosure list: nobody has decided what may be said of it."
    )
    assert 'private = (…, "phone")' in error.hint


def test_a_list_may_not_name_what_is_no_field_nor_name_one_twice():
    class Muddled(models.Model):
        size = models.IntegerField()

        class Meta:
            app_label = "toys"
            managed = False

        class Disclosure:
            open = ("size", "shape")
            internal = ("id", "size")

    assert [e.id for e in check_models([Muddled])] == ["disclosure.E002", "disclosure.E003"]


@pytest.mark.django_db
def test_an_instance_says_its_fields_by_class_and_its_rows_with_them():
    toy = Toy.objects.create(
        code="B-2222222222",
        stage="drawn",
        since=AT,
        opened_at=AT,
        colour="red",
        artist="Mo",
        maker="Li",
    )
    Label.objects.create(toy=toy, text="bear", author="An")
    Label.objects.create(toy=toy, text="soft")

    said = collect(toy)

    assert said.open == {"colour": "red", "labels": [{"text": "bear"}, {"text": "soft"}]}
    assert said.named == {"artist": "Mo", "labels_author": ["An", ""]}
    assert said.private == {"maker": "Li"}
