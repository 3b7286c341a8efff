"""Worlds that were built before: what a factory wrote in the same state is written as rows.

A test begins with tables that are known; a factory of these tests takes the same moves at the same
moment whenever it is called with the same words in the same state. So what the first call changed
is kept, row by row, and the next one puts the rows in and hands out a copy of what it gave. The
real moves are taken once in each process, and wherever anything is different: other rows, other
settings, another language, something patched, statements counted, a test that commits.
"""

from copy import deepcopy
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from functools import wraps
from threading import current_thread, main_thread
from typing import Any

from django.conf import settings
from django.db import connection, models
from django.utils import translation

from tests import rows_of

FILES = {"LEDGER_KEY_FILE", "FIELD_KEY_FILE", "RECEIPT_KEY_FILE", "LEDGER_DIR", "LEDGER_STATE"}
PLAIN = (str, int, bytes, Enum, date, datetime, Decimal, type, type(None))
HARMLESS = {("os", "fsync"), ("Client", "post")}
READS = ("SELECT", "SAVEPOINT", "RELEASE", "BEGIN", "PRAGMA", "SHOW", "EXPLAIN", "SET")
MOST = 2000  # states kept


class Unlike(Exception):
    """A word that cannot be compared with that of another test."""


class State:
    """The rows of all tables, known exactly, and what each call in this state led to."""

    def __init__(self, rows):
        self.rows, self.after = rows, {}


@dataclass
class Step:
    """What one call did: changes of rows, the state it led to, its answer, what it left in what it
    was given, its calls for the commit, the tables it wrote."""

    changes: list
    state: State
    answer: Any
    left: list
    calls: list
    tables: set


class Memory:
    """Of this process: where its tables are now, what is being watched, what the test patched."""

    def __init__(self):
        self.now = self.patches = None
        self.watched, self.states = [], 0
        self.forget()

    def forget(self):
        """The tables were emptied outside any test's transaction."""
        self.empty = self.now = None

    def begin(self, patches):
        """A test begins, on the tables as they were made."""
        self.now, self.patches = "empty", patches
        del self.watched[:]

    def written(self, table):
        self.now = None
        for found in self.watched:
            found.add(table)


memory = Memory()


def watch(execute, sql, params, many, context):
    """An execute wrapper: anything but a question makes the state unknown."""
    if sql.startswith("ROLLBACK"):
        memory.now = None
    elif not sql.lstrip(" (\n").startswith(READS):
        memory.written(rows_of.written(sql))
    return execute(sql, params, many, context)


def remembered(build):
    """A factory whose rows are kept. It may only write to the database, and into objects of the
    tests' own (a story that goes on) that it is given by position."""

    @wraps(build)
    def call(*args, **words):
        state = _state()
        try:
            key = (build, _words((args, words)), *_tongues()) if state else None
        except Unlike:
            key = None
        if key is None:
            return build(*args, **words)
        if key not in state.after:
            return _record(state, key, lambda: build(*args, **words), args)
        return _repeat(state.after[key], args)

    return call


def _tongues():
    return settings.LANGUAGE_CODE, translation.get_language()


def _state():
    """Where the tables are, if they are known and nothing else is out of the ordinary."""
    if memory.now is None or current_thread() is not main_thread():
        return None
    blocks = connection.atomic_blocks
    if not blocks or not blocks[0]._from_testcase or connection.needs_rollback:
        return None
    if connection.force_debug_cursor or connection.execute_wrappers != [watch]:
        return None
    if _overridden() or _patched():
        return None
    if memory.now == "empty":
        if memory.empty is None:
            memory.empty = State(rows_of.everything())
        memory.now = memory.empty
    return memory.now


def _overridden():
    holder, found = settings._wrapped, set()
    while hasattr(holder, "default_settings"):
        found |= set(vars(holder)) - {"default_settings", "_deleted"} | holder._deleted
        holder = holder.default_settings
    return found - FILES - {"SETTINGS_MODULE", "LANGUAGE_CODE"}


def _patched():
    found = {(getattr(target, "__name__", ""), name) for target, name, _ in memory.patches._setattr}
    return found - HARMLESS or memory.patches._setitem


def _words(value):
    """Something to compare: equal if the factory cannot tell the difference."""
    if isinstance(value, PLAIN):
        return type(value), value
    if isinstance(value, models.Model):
        names = (field.attname for field in value._meta.concrete_fields)
        return type(value), tuple(_words(value.__dict__.get(name)) for name in names)
    if isinstance(value, dict):
        return dict, tuple((_words(name), _words(value[name])) for name in value)
    if isinstance(value, list | tuple):
        return type(value), tuple(map(_words, value))
    if _own(value):
        return type(value), _words(vars(value))
    if is_dataclass(value):
        return type(value), tuple(_words(getattr(value, field.name)) for field in fields(value))
    raise Unlike


def _own(value):
    return type(value).__module__.startswith("tests.") and hasattr(value, "__dict__")


def _record(state, key, build, args):
    found, calls = set(), len(connection.run_on_commit)
    memory.watched.append(found)
    try:
        answer = build()
    finally:
        memory.watched.pop()
    if "" in found or memory.states >= MOST:
        return answer
    changes, rows = rows_of.changes(state.rows, found)
    then = [(call, robust) for _, call, robust in connection.run_on_commit[calls:]]
    memory.states += 1
    after = State(rows) if changes else state
    left = [vars(each) for each in args if _own(each)]
    state.after[key] = Step(changes, after, *deepcopy((answer, left)), then, found)
    memory.now = after
    return answer


def _repeat(step, args):
    for found in memory.watched:
        found.update(step.tables)
    rows_of.put(step.changes)
    for call, robust in step.calls:
        connection.on_commit(call, robust)
    memory.now = step.state
    answer, left = deepcopy((step.answer, step.left))
    for each, became in zip(filter(_own, args), left, strict=True):
        vars(each).update(became)
    return answer
