"""Search and lists over 10^6 gifts (SQLite: 10^5): every question stays below its figure."""

import json
import time
from datetime import UTC, datetime, timedelta
from functools import partial
from random import Random

import pytest
from django.db import connection

from ledger.core import codes
from portal.tracking.finding import gathering, grams, searching, token_index
from portal.tracking.finding.findable import Findable
from portal.tracking.finding.lookup import found
from portal.tracking.listing.listings import LISTS
from portal.tracking.models import Gift
from tests.bench.measuring import say

SEED = 20_260_102
BEGIN = datetime(2020, 1, 20, tzinfo=UTC)
MOST_MS = {"postgresql": 50, "sqlite": 300}  # 95 of 100 answers, in the database
SIZE = {"postgresql": 1_000_000, "sqlite": 100_000}
ITEMS = [
    ("医用防护口罩", "Medical respirator", "GB 19083-2010", "mask"),
    ("医用外科口罩", "Surgical mask", "YY 0469-2011", "mask"),
    ("一次性使用医用口罩", "Disposable medical mask", "YY/T 0969-2013", "mask"),
    ("颗粒物防护口罩", "Particulate respirator N95", "GB 2626-2019", "mask"),
    ("医用一次性防护服", "Protective coverall", "GB 19082-2009", "clothing"),
    ("一次性手术衣", "Surgical gown", "YY/T 0506", "clothing"),
    ("医用护目镜", "Goggles", "GB 14866-2006", "eyes-face"),
    ("医用隔离面罩", "Face shield", "", "eyes-face"),
    ("一次性医用橡胶检查手套", "Examination gloves", "GB 10213-2006", "gloves"),
    ("75%酒精", "Alcohol 75 %", "GB/T 26373", "disinfectant"),
    ("84消毒液", "Chlorine disinfectant", "", "disinfectant"),
    ("呼吸机", "Ventilator", "", "device"),
    ("制氧机", "Oxygen concentrator", "YY 0732-2009", "device"),
    ("核酸检测试剂盒", "Nucleic acid test kit", "", "test"),
]
CITIES = {"湖北": "武汉 黄冈 孝感 荆州 宜昌 襄阳 咸宁 恩施", "广东": "广州 深圳 佛山 东莞"}
CITIES |= {"浙江": "杭州 温州 宁波 台州", "河南": "郑州 信阳 南阳", "湖南": "长沙 岳阳"}
KINDS = ["第一人民医院", "中心医院", "中医医院", "妇幼保健院", "第三人民医院", "传染病医院"]
STAGES = ["fulfilled"] * 12 + ["received"] * 4 + ["accepted", "dispatched", "registered", "overdue"]
AIMS = ["free"] * 14 + ["purpose:isolation", "region:42", "hospital:U-2222222222"]


def places():
    return [
        (province, f"{city}市{kind}")
        for province, cities in CITIES.items()
        for city in cities.split()
        for kind in KINDS
    ]


def gift(n, random, hospitals):
    """(the row of what can be found, the gift's own row) of the n-th gift, as fields."""
    zh, en, standard, kind = ITEMS[min(int(random.expovariate(0.3)), len(ITEMS) - 1)]
    province, hospital = random.choice(hospitals)
    code, at = codes.mint("G"), BEGIN + timedelta(seconds=n * 30)
    stage = random.choice(STAGES)
    confirmed = stage in ("fulfilled", "received")
    told = {
        "code": code,
        "kind": "gift",
        "seq": n,
        "at": at,
        "stage": stage,
        "version": n,
        "aim": random.choice(AIMS),
        "classes": f"|{kind}|",
        "regions": f"|{province}|",
        "marks": "|confirmed|" if confirmed else "",
        "rank": 0,
        "owner": "",
        "due": None,
        "places": "{}",
        "said": json.dumps({"zh": zh, "en": en}, ensure_ascii=False),
        "text": grams.joined(zh, standard, en, hospital),
    }
    told["tokens"] = gathering.tokens(told)
    names = {"m": {"zh": zh, "en": en, "unit_zh": "只", "unit_en": "pieces", "class": kind}}
    row = {
        "code": code,
        "opened_seq": n,
        "stage": stage,
        "since": at,
        "opened_at": at,
        "uid": "",
        "visibility": "",
        "lines": json.dumps([{"variant": "m", "quantity": 500}]),
        "places": json.dumps({"m": {"received:U-2": 500}}),
        "flows": "{}",
        "subjects": "{}",
        "names": json.dumps(names, ensure_ascii=False),
        "confirmed": confirmed,
        "said": "{}",
        "due": None,
        "version": n,
    }
    return told, row


def fill(first, count):
    """So many gifts, written as fast as the database takes them."""
    random, hospitals = Random(SEED + first), places()
    rows = [gift(n, random, hospitals) for n in range(first, first + count)]
    for model, part in ((Findable, 0), (Gift, 1)):
        own = [row[part] for row in rows]
        names = ", ".join(own[0])
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                copy = f"COPY {model._meta.db_table} ({names}) FROM STDIN"
                with cursor.copy(copy) as sink:
                    for row in own:
                        sink.write_row(list(row.values()))
        else:
            loads = {"places", "said", "lines", "flows", "subjects", "names"}
            made = [{k: json.loads(v) if k in loads else v for k, v in row.items()} for row in own]
            model.objects.bulk_create([model(**row) for row in made], batch_size=400)
    return [row[0]["code"] for row in rows]


class Clock:
    """Counts the statements of a question and adds up how long the database took."""

    def __init__(self):
        self.count, self.ms = 0, 0.0

    def __call__(self, execute, sql, params, many, context):
        begun = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            self.count += 1
            self.ms += (time.perf_counter() - begun) * 1000


def asked(question):
    clock = Clock()
    with connection.execute_wrapper(clock):
        question()
    return clock


def questions(random, known):
    """{name: so many different questions of this kind}"""
    hospitals = places()

    def part(size):
        text = random.choice([zh for zh, *_rest in ITEMS] + [name for _p, name in hospitals])
        start = random.randrange(max(1, len(text) - size))
        return text[start : start + size]

    def choice():
        province, hospital = random.choice(hospitals)
        params = {"class": random.choice(ITEMS)[3], "province": province}
        params |= {"stage": random.choice(STAGES)} if random.random() < 0.6 else {}
        params |= {"q": hospital[:4]} if random.random() < 0.4 else {}
        params |= {"for": "purpose:isolation"} if random.random() < 0.3 else {}
        return params | ({"from": "2020-03-01"} if random.random() < 0.3 else {})

    def listed(params):
        return lambda: LISTS["gifts"].read(params).page()

    return {
        "code": [partial(found, code) for code in random.sample(known, 100)],
        "one or two characters": [
            partial(searching.groups, part(size)) for size in (1, 2) for _n in range(40)
        ],
        "three to six characters": [
            partial(searching.groups, part(random.randrange(3, 7))) for _n in range(80)
        ],
        "two words": [partial(searching.groups, f"{part(2)} {part(3)}") for _n in range(60)],
        "combined filters": [listed(choice()) for _n in range(120)],
        "a list of words": [listed({"q": part(3)}) for _n in range(60)],
        "all, oldest first": [listed({"sort": "oldest"}) for _n in range(10)],
    }


def deep(page):
    """The questions for twenty pages far inside a list."""
    before = Findable.objects.filter(kind="gift").order_by("-seq")[:1].get().seq // 2
    at = BEGIN + timedelta(seconds=before * 30)
    cursor = f"{int(at.timestamp()) * 1_000_000}.{before}"
    return [lambda: page({"after": cursor, "class": "mask"}) for _n in range(20)]


def p95(times):
    return round(sorted(times)[int(len(times) * 0.95) - 1], 1)


COMMITS = pytest.mark.django_db(transaction=True)
SIZES = [
    pytest.param(300, id="short", marks=pytest.mark.django_db),
    pytest.param(None, id="long", marks=[pytest.mark.long, COMMITS]),
]


def refill(size):
    """(the codes, seconds that rows and index took); the index is made when all rows are there."""
    postgres, known, begun = connection.vendor == "postgresql", [], time.perf_counter()
    with connection.cursor() as cursor:
        if postgres:
            cursor.execute("DROP INDEX tracking_findable_tokens")
        for first in range(0, size, 20_000):
            known += fill(first, min(20_000, size - first))
        filled, begun = time.perf_counter() - begun, time.perf_counter()
        if postgres:
            cursor.execute("SET maintenance_work_mem = '256MB'")
            cursor.execute(token_index.GIN.format("tracking_findable"))
        indexed = time.perf_counter() - begun
        cursor.execute("ANALYZE")
    return known, {"filled in s": round(filled), "indexed in s": round(indexed)}


@pytest.mark.parametrize("size", SIZES)
def test_many_gifts_are_found_quickly(keep, size):
    size = size or SIZE[connection.vendor]
    known, told = refill(size)
    begun = time.perf_counter()
    fill(size, 1000 if size > 1000 else 10)
    each = (time.perf_counter() - begun) / (1000 if size > 1000 else 10)
    result = {"gifts": size, **told, "a row more, in ms": round(each * 1000, 2)}
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_relation_size('tracking_findable_tokens') / 1048576")
            result["index, MiB"] = int(cursor.fetchone()[0])
    every = questions(Random(SEED), known)
    every["deep inside"] = deep(lambda params: LISTS["gifts"].read(params).page())
    for name, found_by in every.items():
        times = [asked(question) for question in found_by]
        result[name] = {
            "p95 ms": p95([one.ms for one in times]),
            "slowest ms": round(max(one.ms for one in times), 1),
            "queries": max(one.count for one in times),
        }
        say(f"{name}: {result[name]}")
    keep("finding", seed=SEED, **result)
    measured = [told for told in result.values() if isinstance(told, dict)]
    assert max(told["queries"] for told in measured) <= 5
    if size >= SIZE[connection.vendor]:  # the short version judges what is right alone
        assert max(told["p95 ms"] for told in measured) <= MOST_MS[connection.vendor]
