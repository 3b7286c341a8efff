"""Invented content for every component of templates/_components, in Chinese and in English."""

from datetime import date, datetime, timedelta, timezone

from django import forms

from portal.input.templatetags.pages import in_large_units
from portal.stages.facts import Facts
from portal.stages.form_parts import Part, row_parts

AT = datetime(2026, 11, 19, 15, 42, 7, tzinfo=timezone(timedelta(hours=8)))
HASH = "5b2305ccc0dbfdabd6c18b98b5bdd533793eb21b388aba0c03fc84f3cb6e029b"


def pick(language):
    return lambda chinese, english: english if language == "en" else chinese


def asking(say):
    class Asking(forms.Form):
        title = forms.CharField(
            label=say("标题", "Title"), help_text=say("写给捐赠人看", "For donors to read")
        )
        kind = forms.ChoiceField(
            label=say("数量", "Quantity"),
            choices=[("exact", say("准确", "exact")), ("unknown", say("未知", "unknown"))],
            widget=forms.RadioSelect,
        )
        city = forms.ChoiceField(
            label=say("城市", "City"), choices=[("", "---------"), ("420100", say("武汉", "Wuhan"))]
        )
        reason = forms.CharField(
            label=say("说明", "Remark"), widget=forms.Textarea(attrs={"rows": 3}), required=False
        )
        agreed = forms.BooleanField(label=say("我已核对", "I have checked this"))
        once = forms.CharField(widget=forms.HiddenInput, initial="k1")

    return Asking


def line(say):
    class Line(forms.Form):
        item = forms.CharField(label=say("品名与规格", "Item"), max_length=80)
        quantity = forms.IntegerField(label=say("数量", "Quantity"), min_value=1)
        unit = forms.ChoiceField(label=say("单位", "Unit"), choices=[("pc", say("只", "piece"))])
        until = forms.DateField(
            label=say("截止", "Needed by"),
            required=False,
            widget=forms.DateInput(attrs={"type": "date"}),
        )

        def parts(self):
            return row_parts(self, Facts)

    return Line


def forms_of(say, *, wrong):
    """A form and its lines; `wrong`: sent with mistakes, as they come back."""
    rows = forms.formset_factory(line(say), extra=2, max_num=30)
    if not wrong:
        return asking(say)(), rows(prefix="lines")
    data = {"lines-TOTAL_FORMS": "2", "lines-INITIAL_FORMS": "0", "once": "k1", "title": ""}
    data |= {"lines-0-item": say("医用防护口罩", "Masks"), "lines-0-quantity": "-3"}
    data |= {"lines-1-item": "", "lines-1-quantity": "20", "lines-1-unit": "pc"}
    form, lines = asking(say)(data), rows(data, prefix="lines")
    assert not form.is_valid()
    assert not lines.is_valid()
    return form, lines


def components(language):
    """Name of the component -> list of contexts to show it with."""
    say = pick(language)
    value, unit = in_large_units(745_780_000)
    fresh, fresh_rows = forms_of(say, wrong=False)
    wrong, wrong_rows = forms_of(say, wrong=True)
    words = [
        ("发起", "Start"),
        ("对接", "Match"),
        ("仓储", "Store"),
        ("配置", "Allocate"),
        ("派送", "Deliver"),
        ("确认", "Confirm"),
    ]
    marks = ["done", "done", "skip", "skip", "now", "next"]
    steps = [
        {
            "label": say(*words[n]),
            "mark": marks[n],
            "at": AT if marks[n] == "done" else None,
            "note": say("直接送达", "direct") if marks[n] == "skip" else "",
        }
        for n in range(6)
    ]
    return {
        "_verdict": [
            {
                "headline": say(
                    "19,980 只防护口罩已由医院确认收到，20 只破损已退回。",
                    "The hospital has confirmed 19,980 masks; 20 came back damaged.",
                ),
                "where": say("黄冈市惠民医院（示例）", "Huimin Hospital, Huanggang (sample)"),
                "since": AT,
                "holder": say("医院物资科", "The hospital's supplies department"),
                "next": say("医院填写使用反馈", "The hospital reports how they are used"),
            },
            {
                "headline": say(
                    "已逾期 3 天：还没有人确认收到这批口罩。",
                    "Three days late: nobody has confirmed these masks yet.",
                ),
                "tone": "warn",
                "picture": "clock",
                "where": say("运输途中", "On the way"),
                "since": AT,
                "holder": say("承运方", "The carrier"),
                "holder_note": say("自有车辆", "own vehicle"),
                "next": say("医院确认签收", "The hospital confirms"),
            },
        ],
        "_stagebar": [{"steps": steps}],
        "_splitbar": [
            {
                "title": say("这笔捐赠现在在哪里", "Where this gift is now"),
                "unit": say("只", "pieces"),
                "note": say("合计 20,000 只", "20,000 pieces in all"),
                "segments": [
                    {"label": say("已签收", "Received"), "amount": 12000, "tone": "received"},
                    {"label": say("运输中", "On the way"), "amount": 4980, "tone": "moving"},
                    {"label": say("在库", "In store"), "amount": 2000, "tone": "stored"},
                    {"label": say("未到库", "Announced"), "amount": 1000, "tone": "promised"},
                    {"label": say("破损", "Damaged"), "amount": 20, "tone": "gone"},
                    {"label": say("退回", "Returned"), "amount": 0, "tone": "returned"},
                ],
            }
        ],
        "_timeline": [
            {
                "entries": [
                    {
                        "index": 2083,
                        "anchor": "e2083",
                        "title": say("医院签收", "The hospital received it"),
                        "at": AT,
                        "picture": "check",
                        "facts": [
                            {"label": say("实收", "Counted"), "value": "19,980"},
                            {"label": say("经手", "By"), "value": say("物资科", "supplies")},
                        ],
                        "codes": [{"code": "S-7K2M9Q4TX5", "href": "#s"}],
                        "hash": HASH,
                        "href": "#entry",
                        "sealed": say("已封存", "sealed"),
                    },
                    {
                        "index": 2065,
                        "anchor": "e2065",
                        "title": say("更正：数量改为 19,980 只", "Correction: now 19,980"),
                        "at": AT,
                        "picture": "pen",
                        "kind": "fix",
                        "facts": [
                            {
                                "label": say("原因", "Reason"),
                                "value": say("20 只外包装破损", "20 with torn wrapping"),
                            }
                        ],
                        "hash": HASH,
                        "href": "#entry",
                    },
                    {
                        "anchor": "waiting",
                        "title": say("仓库入库", "Taken into store"),
                        "at": "2026-11-17T06:02:00.000Z",
                        "picture": "box",
                    },
                ]
            }
        ],
        "_goods_table": [
            {
                "title": say("物资明细", "Goods"),
                "columns": [
                    say("认捐", "Pledged"),
                    say("入库", "Stored"),
                    say("签收", "Received"),
                ],
                "rows": [
                    {
                        "name": say("医用防护口罩 N95", "Protective mask N95"),
                        "note": "GB 19083-2010",
                        "cells": [
                            {"value": "20,000"},
                            {"value": "19,980", "differs": True},
                            {"value": "19,980"},
                        ],
                    }
                ],
                "total": [
                    {"value": "20,000"},
                    {"value": "19,980", "differs": True},
                    {"value": "19,980"},
                ],
                "note": say("相差 20 只：见更正记录。", "20 fewer: see the correction."),
            }
        ],
        "_receipt": [{"href": "#receipt"}],
        "_qr": [{"src": "/static/img/mark.svg", "code": "G-7K2M9Q4TX5", "download": "#qr"}],
        "_counters": [
            {
                "first": {
                    "label": say("累计到账", "Money received"),
                    "value": value,
                    "unit": say(f"{unit}元", f"{unit} yuan"),
                    "exact": "¥745,780,000.00",
                    "href": "#money",
                },
                "others": [
                    {"label": say("捐赠", "Gifts"), "value": "521", "unit": say("笔", "")},
                    {
                        "label": say("待满足需求", "Open needs"),
                        "value": "118",
                        "unit": say("项", ""),
                        "href": "#needs",
                    },
                    {"label": say("已确认", "Confirmed"), "value": "468", "unit": say("笔", "")},
                ],
                "as_of": AT,
                "pulse": say("账本 2,083 条，全部封存", "2,083 entries in the ledger, all sealed"),
                "pulse_href": "#ledger",
            }
        ],
        "_need_row": [
            {
                "row": {
                    "name": say("医用防护口罩 N95", "Protective mask N95"),
                    "href": "#n1",
                    "who": say("黄冈市惠民医院（示例），湖北黄冈", "Huimin Hospital (sample)"),
                    "urgency": "high",
                    "urgency_label": say("特急", "Most urgent"),
                    "pledged": 12600,
                    "asked": 20000,
                    "unit": say("只", "pieces"),
                    "percent": 63,
                    "until": date(2026, 11, 25),
                    "pledge_href": "#p1",
                }
            },
            {
                "row": {
                    "name": say("医用隔离衣", "Isolation gown"),
                    "href": "#n2",
                    "who": say("孝感市同济医院（示例）", "Tongji Hospital (sample)"),
                    "urgency": "soon",
                    "urgency_label": say("紧急", "Urgent"),
                    "pledged": 300,
                    "asked_label": say("数量未知", "quantity unknown"),
                    "unit": say("件", "pieces"),
                    "pledge_href": "#p2",
                }
            },
        ],
        "_feed": [
            {
                "events": [
                    {
                        "at": AT,
                        "text": say("惠民医院签收 19,980 只口罩", "Hospital received 19,980 masks"),
                        "code": "G-7K2M9Q4TX5",
                        "href": "#g",
                    },
                    {"at": AT, "text": say("发布需求", "A need was published")},
                    {"at": AT, "text": say("仓库发运", "The warehouse dispatched")},
                ]
            }
        ],
        "_lookup": [
            {"action": "#g", "example": "G-7K2M9Q4TX5", "example_href": "#x"},
        ],
        "_finder": [
            {
                "action": "#list",
                "words": say("口罩", "mask"),
                "fields": [
                    {
                        "key": "class",
                        "label": say("物资类别", "Kind of goods"),
                        "kind": "choice",
                        "any": say("不限", "Any"),
                        "choices": [("mask", say("口罩", "Masks"), True)],
                    },
                    {"key": "from", "label": say("起始日期", "From the day"), "kind": "day"},
                ],
                "ticks": [{"key": "overdue", "label": say("逾期", "Overdue"), "value": "1"}],
                "orders": [("newest", say("最新的在前", "Newest first"), True)],
                "chips": [{"label": say("类别：口罩", "Kind: Masks"), "href": "#without"}],
                "all_href": "#all",
                "notices": [say("这一条件没有使用。", "It was left out.")],
                "found": say("找到 118 条", "118 found"),
                "csv_href": "#csv",
            }
        ],
        "_pager": [{"older": "#older", "newer": "#newer", "shown": "20 / 118"}],
        "_empty": [
            {
                "title": say("还没有需求", "No needs yet"),
                "text": say("医院发布后会出现在这里。", "They appear here once published."),
                "href": "#new",
                "link": say("发布需求", "Post a need"),
            }
        ],
        "_notice": [
            {"text": say("已登记，正在封存。", "Recorded, being sealed.")},
            {
                "tone": "warn",
                "text": say("即将到期。", "Soon over."),
                "href": "#",
                "link": "→",
            },
            {"tone": "good", "title": say("完成", "Done"), "text": say("已确认。", "Confirmed.")},
            {"tone": "error", "text": say("没有保存。", "Nothing was stored.")},
        ],
        "_demo_banner": [{}],
        "_mirror_banner": [{"mirror_of": "https://shanji.example"}],
        "_mode_banner": [{"trouble": {"mode": mode, "since": AT}} for mode in ("frozen", "behind")],
        "_crumb": [
            {
                "crumbs": [
                    {"label": say("首页", "Home"), "href": "#"},
                    {"label": say("捐赠追踪", "Gifts"), "href": "#"},
                    {"label": "G-7K2M9Q4TX5"},
                ]
            }
        ],
        "_copy": [
            {
                "name": "claim",
                "label": say("您的专用链接", "Your own link"),
                "value": "https://tests.shanji.example/claim/example",
                "help": say("请勿转发：凭它可以撤回捐赠。", "Keep it: it can withdraw the gift."),
            }
        ],
        "_ways": [
            {
                "way": {
                    "title": say("医用防护口罩", "Medical respirators"),
                    "unit": say("只", "pieces"),
                    "total": 20000,
                    "rows": [
                        {
                            "source": say("捐赠人送出", "sent by the donor"),
                            "house": say("示例仓库", "Example warehouse"),
                            "shipment": "S-7K2M9Q4TX5",
                            "href": "/s/S-7K2M9Q4TX5/",
                            "now": say("已签收", "Received"),
                            "amount": 12000,
                        },
                        {
                            "source": say("捐赠人送出", "sent by the donor"),
                            "house": say("示例仓库", "Example warehouse"),
                            "shipment": "",
                            "href": "",
                            "now": say("在库", "In store"),
                            "amount": 8000,
                        },
                    ],
                    "drawn": {
                        "width": 1080,
                        "height": 420,
                        "bands": [
                            {
                                "tone": "stored",
                                "path": "M10 0C120 0 120 0 230 0V420C120 420 120 420 10 420Z",
                                "ends": ("donor:", "house:W-7K2M9Q4TX5"),
                                "amount": 20000,
                            }
                        ],
                        "nodes": [
                            {
                                "key": "donor:",
                                "whole": say("捐赠人送出", "sent by the donor"),
                                "says": say("捐赠人送出", "sent by the donor"),
                                "amount": 20000,
                                "tone": "stored",
                                "x": 0,
                                "y": 0,
                                "height": 420,
                                "text": 16,
                                "first": 207,
                                "second": 222,
                            }
                        ],
                    },
                }
            }
        ],
        "_verify_card": [
            {
                "code": "G-7K2M9Q4TX5",
                "proof_url": "/g/G-7K2M9Q4TX5/proof.json",
                "download": "/g/G-7K2M9Q4TX5/proof",
                "strings": {"running": say("正在核对…", "Checking …")},
            }
        ],
        "_form": [
            {
                "form": wrong,
                "rows": wrong_rows,
                "legend": say("需求明细", "Lines"),
                "add": "add",
                "submit": say("提交审核", "Send for review"),
                "back": "#",
            }
        ],
        "_field": [{"field": fresh["title"]}, {"field": fresh["kind"]}, {"field": fresh["agreed"]}],
        "_rows": [{"rows": fresh_rows, "legend": say("明细（新）", "Fresh lines"), "add": "add"}],
        "_cell": [{"field": fresh["title"]}],
        "_folded": [{"parts": Part(title=say("更多", "More"), fields=(fresh["title"],))}],
        "_errors": [{"form": wrong, "rows": wrong_rows}],
    }
