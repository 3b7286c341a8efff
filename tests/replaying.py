"""Every form that a test sends and that is taken is sent once more: nothing may be recorded twice
(security T-B07). So every address to which any test sends a form is tried."""

from copy import deepcopy
from functools import cache
from threading import current_thread, main_thread

from django.apps import apps
from django.conf import settings
from django.db import connection

NOTED_ANEW = {"django_session", "django_admin_log", "input_hits"}  # visits and tries, no bookings
TAKEN = {204, 302, 303}
ELSEWHERE = "198.51.100.7"  # the second comes from another address: limits of the first stay


class BookedTwice(AssertionError):
    """The same form, sent again, was recorded again."""


@cache
def counting():
    """One question for the number of rows of every table."""
    models = apps.get_models(include_auto_created=True)
    wanted = {model._meta.db_table for model in models if model._meta.managed} - NOTED_ANEW
    known = sorted(wanted & set(connection.introspection.table_names()))
    quote = connection.ops.quote_name
    return " UNION ALL ".join(f"SELECT '{n}', count(*) FROM {quote(n)}" for n in known)  # noqa: S608


def rows():
    with connection.cursor() as cursor:
        cursor.execute(counting())
        return dict(cursor.fetchall())


def rewind(data):
    """Files that were read for the first sending."""
    for value in data.values() if isinstance(data, dict) else ():
        for file in value if isinstance(value, list | tuple) else [value]:
            if hasattr(file, "seek"):
                file.seek(0)


def send_again(send, client, path, data, options):
    """The same once more, by the same person; his session and cookies are as they were before."""
    rewind(data)
    before, cookies = rows(), deepcopy(client.cookies)
    held = cookies.get(settings.SESSION_COOKIE_NAME)
    session = dict(client.session) if held and held.value else None
    answer = send(client, path, data, **{**options, "follow": False, "REMOTE_ADDR": ELSEWHERE})
    more = {name: n - before[name] for name, n in rows().items() if n != before[name]}
    client.cookies = cookies
    if session is not None:
        kept = client.session
        kept.clear()
        kept.update(session)
        kept.save()
    if more and answer.status_code < 500:
        raise BookedTwice(f"{path} sent twice made more rows: {more}")


def twice(send):
    """In the place of `Client.post`, which is `send`."""

    def post(client, path, data=None, *args, **options):
        answer = send(client, path, data, *args, **options)
        chain = getattr(answer, "redirect_chain", [])
        first = chain[0][1] if chain else answer.status_code
        alone = current_thread() is main_thread() and not connection.needs_rollback
        if first in TAKEN and alone and not args:
            send_again(send, client, path, data or {}, options)
        return answer

    return post
