import runpy
import socket
import time
from pathlib import Path

import pytest
from celery import Celery
from django.conf import settings as live
from django.core.cache import caches
from django.core.exceptions import ImproperlyConfigured
from django.test import override_settings
from kombu.exceptions import OperationalError

SETTINGS = Path(live.BASE) / "portal" / "settings.py"
KEY = "sixty characters of nothing in particular, twice read aloud. "


@pytest.fixture
def read(monkeypatch, tmp_path):
    """The settings as they come out of an environment."""

    def read(**variables):
        for name in (
            *("DEMO", "DEBUG", "DEMO_HOST", "ALLOWED_HOSTS", "PORT", "DATABASE_URL", "REDIS_URL"),
            *("LEDGER_ORIGIN", "LEDGER_DIR", "LEDGER_STATE", "LEDGER_KEY_FILE", "FAILPOINTS"),
        ):
            monkeypatch.delenv(name, raising=False)
        variables = {
            "VAR": str(tmp_path),
            "SECRET_KEY": KEY,
            "SITE_ORIGIN": "https://a.example",
        } | variables
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        return runpy.run_path(str(SETTINGS))

    return read


def test_an_address_of_postgresql_may_bring_options_of_its_own(read):
    def options(address):
        return read(DATABASE_URL=address)["DATABASES"]["default"]["OPTIONS"]

    address = "postgresql://a@db.example/shanji"
    assert options(address) == {"options": "-c max_parallel_workers_per_gather=0"}
    assert options(f"{address}?sslmode=require&options=-c%20jit=off") == {
        "sslmode": "require",
        "options": "-c jit=off",
    }


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DEBUG", "perhaps"),
        ("DEMO", "2"),
        ("PORT", "80a"),
        ("PORT", "0"),
        ("PORT", "65536"),
        ("PORT", "٨٠٠٠"),
        ("SITE_ORIGIN", "shanji.example"),
        ("SITE_ORIGIN", "https://shanji.example/path"),
        ("SITE_ORIGIN", "ftp://shanji.example"),
        ("SITE_ORIGIN", "https://user@shanji.example"),
        ("SITE_ORIGIN", "https://shanji.example:port"),
        ("SITE_ORIGIN", ""),
        ("SECRET_KEY", ""),
        ("SECRET_KEY", "short"),
        ("METRICS_TOKEN", "short"),
        ("METRICS_TOKEN", "令" * 32),
        ("DATABASE_URL", "nonsense"),
        ("DATABASE_URL", "mysql://host/name"),
        ("DATABASE_URL", "postgresql://host"),
        ("REDIS_URL", "localhost:6379"),
        ("ANCHOR_URL", "authority.example"),
        ("ANCHOR_URL", "ftp://authority.example/tsr"),
        ("REDIS_URL", "http://localhost:6379"),
        ("LEDGER_ORIGIN", "two words"),
        ("LEDGER_ORIGIN", "a+b"),
        ("EMAIL_URL", "mail.example"),
        ("EMAIL_URL", "http://mail.example"),
        ("EMAIL_URL", "smtp://"),
        ("EMAIL_URL", "smtp://mail.example:port"),
        ("FAILPOINTS", "seal.locked=kill"),
        ("VAR", "/dev/null/var"),
    ],
)
def test_a_value_that_makes_no_sense_stops_the_start_and_is_named(read, name, value):
    with pytest.raises(ImproperlyConfigured, match=f"^{name} is "):
        read(**{name: value})


def test_mail_goes_to_a_server_or_into_files(read, tmp_path):
    server = read(EMAIL_URL="smtp+tls://us:hunter2@mail.example:587", MAIL_FROM="us@a.example")
    files = read(EMAIL_URL="", MAIL_FROM="")

    assert (server["EMAIL_HOST"], server["EMAIL_PORT"]) == ("mail.example", 587)
    assert (server["EMAIL_USE_TLS"], server["DEFAULT_FROM_EMAIL"]) == (True, "us@a.example")
    assert files["EMAIL_FILE_PATH"] == str(tmp_path / "mail")
    assert files["DEFAULT_FROM_EMAIL"] == "noreply@a.example"
    assert files["CELERY_BEAT_SCHEDULE"]["notices.deliver"]["schedule"] <= 60


def test_a_refusal_does_not_print_the_password_of_an_address(read):
    with pytest.raises(ImproperlyConfigured) as refusal:
        read(DATABASE_URL="mysql://user:hunter2@host/name")

    assert "hunter2" not in str(refusal.value)
    with pytest.raises(ImproperlyConfigured) as refusal:
        read(EMAIL_URL="pop://user:hunter2@host")

    assert "hunter2" not in str(refusal.value)


def test_an_authority_needs_its_certificate_and_is_asked_by_the_clock(read):
    url = "http://authority.example/tsr"
    with pytest.raises(ImproperlyConfigured, match="ANCHOR_CA_FILE"):
        read(ANCHOR_URL=url)

    found = read(ANCHOR_URL=url, ANCHOR_CA_FILE="ca.pem")["CELERY_BEAT_SCHEDULE"]

    assert found["ledger.anchor"]["schedule"] <= 3600
    assert "ledger.anchor" not in read(ANCHOR_URL="")["CELERY_BEAT_SCHEDULE"]


def test_only_the_demonstration_has_witnesses_nobody_named(read, tmp_path):
    demo = {"DEMO": "1", "SITE_ORIGIN": "", "WITNESSES": ""}
    assert read(**demo)["WITNESSES"] == ""
    (tmp_path / "witnesses").mkdir()
    (tmp_path / "witnesses" / "policy").touch()

    assert read(**demo)["WITNESSES"] == str(tmp_path / "witnesses" / "policy")
    assert read(**{**demo, "WITNESSES": "mine"})["WITNESSES"] == "mine"
    assert read(WITNESSES="", DEMO="0")["WITNESSES"] == ""


def test_debug_and_demo_are_off_unless_said(read):
    settings = read()

    assert (settings["DEBUG"], settings["DEMO"]) == (False, False)


def test_the_demonstration_needs_nothing_but_its_name(read, tmp_path, monkeypatch):
    monkeypatch.delenv("SITE_ORIGIN")

    settings = read(DEMO="1", SECRET_KEY="", SITE_ORIGIN="", PORT="8123")

    assert settings["SITE_ORIGIN"] == "http://localhost:8123"
    assert settings["LEDGER_ORIGIN"] == "demo.shanji.example/ledger"
    assert settings["SESSION_COOKIE_NAME"] == "session"
    assert settings["DATABASES"]["default"]["NAME"] == str(tmp_path / "db.sqlite3")


def test_the_demonstration_is_not_for_strangers(read):
    with pytest.raises(ImproperlyConfigured, match="known passwords"):
        read(DEMO="1")


def test_the_demonstration_may_be_shown_where_its_host_is_named(read):
    settings = read(DEMO="1", DEMO_HOST="a.example")

    assert settings["SITE_HOST"] == "a.example"


def test_the_log_of_the_demonstration_cannot_pass_for_a_real_one(read):
    with pytest.raises(ImproperlyConfigured, match="^LEDGER_ORIGIN is "):
        read(DEMO="1", SITE_ORIGIN="http://localhost:8000", LEDGER_ORIGIN="shanji.example/ledger")


def test_the_key_of_the_demonstration_opens_nothing_else(read):
    with pytest.raises(ImproperlyConfigured, match="^SECRET_KEY "):
        read(SECRET_KEY=live.DEMO_SECRET)


def test_in_production_cookies_belong_to_the_host_and_travel_by_tls(read):
    settings = read()

    assert settings["SESSION_COOKIE_NAME"] == "__Host-session"
    assert settings["CSRF_COOKIE_NAME"] == "__Host-csrf"
    assert settings["SESSION_COOKIE_SECURE"] is settings["CSRF_COOKIE_SECURE"] is True
    assert settings["SECURE_SSL_REDIRECT"] is True
    assert settings["SECURE_HSTS_SECONDS"] == 63_072_000
    assert settings["ALLOWED_HOSTS"] == ["a.example"]
    assert settings["PASSWORD_HASHERS"][0].endswith("Argon2PasswordHasher")


def test_sqlite_writers_take_their_turn_and_lose_nothing(read):
    options = read()["DATABASES"]["default"]["OPTIONS"]

    assert options["transaction_mode"] == "IMMEDIATE"
    assert [line.split()[1] for line in options["init_command"].rstrip(";").split(";")] == [
        "journal_mode=WAL",
        "synchronous=FULL",
        "recursive_triggers=ON",
        "secure_delete=ON",
        "cache_size=-20000",
    ]


def test_two_addresses_switch_to_postgresql_and_redis(read):
    settings = read(DATABASE_URL="postgresql://a:b@h:5433/n", REDIS_URL="redis://h:6380/2")

    database = settings["DATABASES"]["default"]
    assert database["ENGINE"] == "django.db.backends.postgresql"
    assert (database["HOST"], database["PORT"], database["NAME"]) == ("h", 5433, "n")
    assert settings["CELERY_BROKER_URL"] == "redis://h:6380/2"
    assert settings["CACHES"]["default"]["LOCATION"] == "redis://h:6380/2"


def test_without_redis_the_queue_is_a_folder(read, tmp_path):
    settings = read()

    assert settings["CELERY_BROKER_URL"] == "filesystem://localhost"
    assert settings["CELERY_BROKER_TRANSPORT"] == "portal.folder_queue:Transport"
    assert (tmp_path / "queue").is_dir()
    assert (tmp_path / "control").is_dir()


@pytest.fixture(params=["closed", "silent"])
def dead_redis(request):
    """The address of a Redis that refuses, or that accepts and never answers."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        if request.param == "silent":
            server.listen(50)
        yield f"redis://127.0.0.1:{server.getsockname()[1]}/0"


def test_a_dead_redis_is_an_empty_cache_and_a_short_wait(read, dead_redis):
    config = read(REDIS_URL=dead_redis)["CACHES"]

    with override_settings(CACHES=config):
        cache = caches["default"]
        begun = time.monotonic()
        cache.set("key", 1)
        found = cache.get("key", "absent")

    assert found == "absent"
    assert time.monotonic() - begun < 1


def test_a_dead_redis_answers_every_question_of_a_cache(read, dead_redis):
    config = read(REDIS_URL=dead_redis)["CACHES"]

    with override_settings(CACHES=config):
        cache = caches["default"]
        assert cache.add("key", 1) is False
        assert cache.get_many(["key"]) == {}
        assert cache.has_key("key") is False
        assert cache.delete("key") is False
        with pytest.raises(ValueError, match="not found"):
            cache.incr("key")


def test_a_message_to_a_dead_broker_fails_within_a_second(read, dead_redis):
    settings = read(REDIS_URL=dead_redis)
    app = Celery("test", set_as_current=False)
    app.conf.update(
        broker_url=settings["CELERY_BROKER_URL"],
        broker_transport_options=settings["CELERY_BROKER_TRANSPORT_OPTIONS"],
        task_publish_retry=settings["CELERY_TASK_PUBLISH_RETRY"],
    )

    begun = time.monotonic()
    with pytest.raises(OperationalError):
        app.send_task("ledger.seal")

    assert time.monotonic() - begun < 1
