"""The rows that a projection works on: in memory for a check, read and written in one go for the
public tables."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any, TypeVar

from portal.tracking.models import TABLES, Link, Projected

M = TypeVar("M", bound=Projected)
Key = tuple[Any, ...]
BY_CODE = {"code", "fund", "gift", "gift_id", "need_id", "of"}  # first key fields with public codes


class Shelf:
    """Rows by table and key. What it has not been given is not there: the whole is in memory."""

    def __init__(self) -> None:
        self.rows: dict[type[Projected], dict[Key, Projected]] = defaultdict(dict)
        self._asked: dict[tuple[type[Projected], Key], None] = {}

    def changed(self) -> list[tuple[type[Projected], Key]]:
        """The rows asked for writing since this was asked last, in that order."""
        asked, self._asked = list(self._asked), {}
        return asked

    def find(self, model: type[M], *key: Any) -> M | None:
        """The row for reading; None if there is none."""
        found = self.rows[model].get(key)
        return found if found is None or isinstance(found, model) else None

    def row(self, model: type[M], *key: Any) -> M:
        """The row for writing; a new one if there is none yet."""
        self._asked[model, key] = None
        found = self.find(model, *key)
        if found is None:
            found = model(**dict(zip(model.KEY, key, strict=True)))
            self.add(found)
        return found

    def add(self, row: Projected) -> None:
        """A row that is new by its nature: nobody looks whether there is one."""
        self.rows[type(row)][_key(row)] = row


class StoredShelf(Shelf):
    """The same over the public tables: rows are read once, and `write` writes what was asked for
    writing."""

    def __init__(self) -> None:
        super().__init__()
        self._touched: dict[tuple[type[Projected], Key], None] = {}
        self._absent: set[tuple[type[Projected], Key]] = set()
        self._read: set[str] = set()

    def read(self, codes: Iterable[str]) -> None:
        """Fetch every row of these codes at once; what is not among them is known to be absent."""
        wanted = set(codes) - self._read
        for model in TABLES:
            by = next((name for name in model.KEY if name in BY_CODE), None)
            if by is None or model is Link:  # links are only added
                continue
            for row in model.objects.filter(**{f"{by}__in": wanted}):
                self.rows[model].setdefault(_key(row), row)
        self._read |= wanted

    def find(self, model: type[M], *key: Any) -> M | None:
        found = super().find(model, *key)
        known = (model, key) in self._absent or not self._read.isdisjoint(key)
        if found is not None or known:
            return found
        fetched = model.objects.filter(**dict(zip(model.KEY, key, strict=True))).first()
        if fetched is None:
            self._absent.add((model, key))
            return None
        self.rows[model][key] = fetched
        return fetched

    def row(self, model: type[M], *key: Any) -> M:
        self._touched[model, key] = None
        return super().row(model, *key)

    def add(self, row: Projected) -> None:
        self._touched[type(row), _key(row)] = None
        super().add(row)

    def write(self) -> None:
        """One statement a table: new rows are added, known ones brought to what they are now."""
        by_model: dict[type[Projected], list[Projected]] = defaultdict(list)
        for model, key in self._touched:
            by_model[model].append(self.rows[model][key])
        for model in TABLES:
            rows = by_model[model]
            for row in rows:
                row.pk = None  # the key decides which row it is
            model.objects.bulk_create(
                rows,
                batch_size=500,
                update_conflicts=True,
                unique_fields=_names(model.KEY),
                update_fields=[n for n in columns(model) if n not in model.KEY],
            )


def columns(model: type[Projected]) -> list[str]:
    """The names of a table's fields that are compared and written, foreign keys as `…_id`."""
    return [f.attname for f in model._meta.concrete_fields if f.attname != "id"]


def _names(key: Iterable[str]) -> list[str]:
    return [name.removesuffix("_id") for name in key]


def _key(row: Projected) -> Key:
    return tuple(getattr(row, name) for name in row.KEY)
