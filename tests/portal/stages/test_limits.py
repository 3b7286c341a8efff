"""What may be typed fits its column: else PostgreSQL would answer with an error, not a sentence."""

from django.apps import apps
from django.db.models import CharField

from portal.stages.registry import flat_specs, subjects

CHECKED = {  # a code, looked at by its check sign before it is kept
    ("question.ask", "record"),
    ("spend.account", "arrival"),
    ("spend.account_goods", "arrival"),
    ("spend.change", "supplier_code"),
    ("spend.request", "supplier_code"),
}


def columns(app):
    """{name: the shortest column of this name in the part}."""
    found = {}
    for model in apps.get_app_config(app).get_models():
        for field in model._meta.concrete_fields:
            if isinstance(field, CharField) and field.max_length:
                found[field.name] = min(found.get(field.name, 10**6), field.max_length)
    return found


def too_long():
    for model in subjects():
        if model.__module__.startswith("tests."):
            continue
        table, most = model.lifecycle, columns(model._meta.app_label)
        for move in table.moves:
            for spec in flat_specs(table, move.name):
                typed = spec.of is str and spec.choices is None and spec.kind in ("line", "note")
                if typed and spec.limit > most.get(spec.name, spec.limit):
                    yield (f"{table.key}.{move.name}", spec.name)


def test_no_text_may_be_longer_than_its_column():
    assert set(too_long()) <= CHECKED
