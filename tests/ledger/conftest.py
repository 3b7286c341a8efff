"""Events to seal."""

from types import SimpleNamespace

import pytest
from django.db import transaction
from django.utils import timezone

from ledger import api
from ledger.core import codes, leaf
from tests.authority import Authority, Serving


@pytest.fixture
def submit():
    """submit(code, ...): one event about a code; its uid."""

    def write(case=None, *, at=None, data=None, others=(), **more):
        more.setdefault("type", "shipment.confirm")
        at = at or timezone.now()
        always = {"recorded_at": leaf.time_text(at), "actor_role": "hospital", "actor_org": ""}
        case = codes.mint("S") if case is None else case
        with transaction.atomic():
            return api.submit(
                case=case, codes=others, data={**always, **(data or {})}, at=at, **more
            )

    return write


@pytest.fixture
def story(submit):
    """story(n): n events about five gifts, with disclosures and postings here and there."""
    gifts = [codes.mint("G") for _ in range(5)]
    stock, lot = f"stock:{codes.mint('W')}", codes.mint("B")

    def tell(n):
        """Tell n events; their uids, in order."""
        uids = []
        for i in range(n):
            gift = gifts[i % 5]
            row = {"amount": i + 1, "item": "mask.n95", "gift": gift, "lot": lot}
            row |= {"from": f"donor:{gift}", "to": stock}
            uid = submit(
                gift,
                others=[lot, codes.mint("N")],
                type="gift.count",
                data={"postings": [row], "text": "口罩"},
                named={"donor": f"张三{i}"} if i % 3 == 0 else None,
                private={"actor": "person 7", "phone": f"no such number {i:04d}"},
            )
            uids.append(uid)
        return uids

    return SimpleNamespace(tell=tell, gifts=gifts)


@pytest.fixture(scope="session")
def authorities(tmp_path_factory):
    """Two time-stamping authorities: the one that is trusted, and another."""
    folder = tmp_path_factory.mktemp("authorities")
    return Authority(folder / "trusted"), Authority(folder / "other")


@pytest.fixture
def authority(authorities, settings):
    """The trusted one, serving; the settings name it."""
    trusted, _other = authorities
    trusted.mode, trusted.asked = "good", 0
    with Serving(trusted) as server:
        settings.ANCHOR_URL, settings.ANCHOR_CA_FILE = server.address, str(trusted.ca)
        yield trusted
        server.shutdown()
