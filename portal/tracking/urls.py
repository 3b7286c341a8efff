"""Addresses of tracking: every page is public and the same for every reader."""

from django.urls import path, re_path

from portal.tracking import board, capacity, feeds, guide, home, issued, pages, views
from portal.tracking.api import views as api
from portal.tracking.api.answering import open_to_all
from portal.tracking.certificates import certified
from portal.tracking.finding import search
from portal.tracking.listing import asking, list_files, list_pages
from portal.tracking.money import money_pages
from portal.tracking.open_data.activities import activities
from portal.tracking.open_data.grants import grants
from portal.tracking.open_data.pages import open_data
from portal.tracking.open_data.schemas import schema
from portal.tracking.proving import explorer, verifying
from portal.tracking.statistics import views as statistics
from portal.tracking.voices import asked, corrections, disclosures, owed

app_name = "tracking"
urlpatterns = [
    path("", home.home, name="home"),
    path("needs/", asking.needs, name="needs"),
    path("needs/<str:code>/", views.need, name="need"),
    path("gifts/", list_pages.gifts, name="gifts"),
    path("<slug:key>/list.csv", open_to_all(list_files.list_csv), name="list_csv"),
    path("g/", search.search, name="lookup"),
    path("g/<str:code>/", views.gift, name="gift"),
    path("g/<str:code>/qr.svg", pages.qr, name="gift_qr"),
    path("g/<str:code>/share.png", pages.share, name="share_picture"),
    path("g/<str:code>/events.json", pages.events, name="gift_events"),
    path("g/<str:code>/certificate/", certified.paper, name="gift_certificate"),
    path("g/<str:code>/certificate.pdf", certified.paper_pdf, name="gift_certificate_pdf"),
    path("certificates/", certified.numbers, name="certificates"),
    path("certificates/<str:code>/", certified.number, name="certificate"),
    path("g/<str:code>/proof", verifying.proof, name="gift_proof"),
    path("g/<str:code>/proof.json", verifying.proof_json, name="gift_proof_json"),
    path("needs/<str:code>/proof", verifying.proof, name="need_proof"),
    path("needs/<str:code>/proof.json", verifying.proof_json, name="need_proof_json"),
    path("corrections/", corrections.corrections, name="corrections"),
    path("questions/", asked.questions, name="questions"),
    path("questions/<str:code>/", asked.question, name="question"),
    path("board/", owed.board, name="owed"),
    path("disclosures/", disclosures.disclosures, name="disclosures"),
    path("disclosures/<str:code>/", disclosures.disclosure, name="disclosure"),
    path("issued/", issued.issued, name="issued"),
    path("transport/", capacity.capacity, name="capacity"),
    path("shipments/", list_pages.shipments, name="shipments"),
    path("p/<str:code>/proof", verifying.proof, name="spend_proof"),
    path("p/<str:code>/proof.json", verifying.proof_json, name="spend_proof_json"),
    path("shipments/<str:code>/", views.shipment, name="shipment"),
    path("shipments/<str:code>/proof", verifying.proof, name="shipment_proof"),
    path("shipments/<str:code>/proof.json", verifying.proof_json, name="shipment_proof_json"),
    path("lots/<str:code>/", board.lot, name="lot"),
    path("warehouses/", board.warehouses, name="warehouses"),
    path("warehouses/<str:code>/", board.warehouse, name="warehouse"),
    path("funds/", money_pages.funds, name="funds"),
    path("f/<str:code>/", money_pages.fund, name="fund"),
    path("campaigns/", money_pages.campaigns, name="campaigns"),
    path("m/<str:code>/", money_pages.campaign, name="campaign"),
    path("organisations/", list_pages.organisations, name="organisations"),
    path("o/<str:code>/", views.organisation, name="organisation"),
    path("statistics/", statistics.statistics, name="statistics"),
    path("statistics.json", statistics.statistics_json, name="statistics_json"),
    path("statistics/organisations/", statistics.organisations, name="statistics_by"),
    re_path(r"^statistics/rows/(?P<key>[a-z_-]{1,60})/\Z", statistics.rows, name="statistics_rows"),
    re_path(
        r"^statistics/rows/(?P<key>[a-z_-]{1,60})\.csv\Z",
        statistics.rows_csv,
        name="statistics_csv",
    ),
    path("ledger/", explorer.ledger_page, name="ledger"),
    path("ledger/entry/<int:index>/", explorer.entry, name="entry"),
    re_path(
        r"^ledger/entry/(?P<name>0|[1-9][0-9]{0,17})/(?P=name)\.(?P<kind>entry|tlog-proof)\Z",
        explorer.entry_file,
        name="entry_file",
    ),
    path("ledger/checkpoints/", explorer.checkpoints, name="checkpoints"),
    path("ledger/integrity/", explorer.integrity, name="integrity"),
    path("verify/", verifying.verify, name="verify"),
    path("verify/offline.html", verifying.verify_offline, name="verify_offline"),
    path("guide/masks/", guide.masks, name="guide_masks"),
    path("open-data/", open_data, name="open_data"),
    path("open-data/360giving.json", grants, name="grants"),
    path("open-data/iati.xml", activities, name="activities"),
    path("open-data/schemas/<str:name>.json", schema, name="schema"),
    path("api/v1/", api.index, name="api"),
    path("api/v1/openapi.json", api.description, name="api_description"),
    path("api/v1/lots", api.lots, name="api_lots"),
    path("api/v1/statistics", api.statistics, name="api_statistics"),
    path("api/v1/entries", api.entries, name="api_entries"),
    path("api/v1/<slug:name>", api.rows, name="api_list"),
    path("api/v1/<slug:name>/<str:code>", api.thing, name="api_thing"),
    path("feed.atom", feeds.site, name="home_feed"),
    path("corrections/feed.atom", feeds.corrections, name="corrections_feed"),
    path("g/<str:code>/feed.atom", feeds.of_code, name="gift_feed"),
    path("needs/<str:code>/feed.atom", feeds.of_code, name="need_feed"),
    path("shipments/<str:code>/feed.atom", feeds.of_code, name="shipment_feed"),
    path("o/<str:code>/feed.atom", feeds.of_code, name="organisation_feed"),
    path("f/<str:code>/feed.atom", feeds.of_code, name="fund_feed"),
    path("m/<str:code>/feed.atom", feeds.of_code, name="campaign_feed"),
    path("warehouses/<str:code>/feed.atom", feeds.of_code, name="warehouse_feed"),
    path("lots/<str:code>/feed.atom", feeds.of_code, name="lot_feed"),
    path("about/", pages.about, name="about"),
    path("privacy/", pages.privacy, name="privacy"),
]
