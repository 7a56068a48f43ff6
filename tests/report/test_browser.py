"""The pages in a real Chromium, from the disk: clicks, keys, a phone, the dark, hostile text."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from rlvr.report.build import build_report
from tests.report.conftest import Visit
from tests.report.runs import row, write_run

HOSTILE = (
    "<script>alert(1)</script><img src=x onerror=alert(2)>",
    "</script><script>alert(3)</script><!--",
    "{{ 7*7 }} ${alert(4)} <a href='javascript:alert(5)'>x</a>",
    "line\u2028separator\u2029 nul\x00 bell\x07 lone\ud800 turned\u202egnirts",
    "<svg onload=alert(6)>" + "x" * 200_000,
)


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pages")
    extra = [
        row(12, i, "train-<b>hostile</b>-9", text, "incorrect", text=text, answer=text,
            evidence=[text], family="<i>family</i>", expected=None, domain=[text])
        for i, text in enumerate(HOSTILE)
    ]  # fmt: skip
    run = write_run(folder / "<u>run&", extra=extra)
    return build_report([run], folder / "report", jobs=1)


@pytest.fixture
def visit(chromium: Any, report: Path) -> Iterator[Visit]:
    context = chromium.new_context(viewport={"width": 1280, "height": 900}, color_scheme="light")
    visit = Visit(context, report)
    yield visit
    faults = visit.all_faults()
    context.close()
    assert faults == []


def steps_shown(page: Any) -> str:
    return str(page.inner_text(".summary strong"))


def test_curves_are_drawn_and_a_click_leads_to_the_step(visit: Visit) -> None:
    page = visit.go()
    page.wait_for_selector(".plot[data-drawn]")
    assert "reward per completion" in page.inner_text(".chart:has-text('Reward') .plot")
    assert "training step" in page.inner_text(".chart:has-text('Reward') .plot")
    legend = page.locator(".legend button", has_text="rational")
    legend.click()
    assert legend.get_attribute("aria-pressed") == "false"
    box = page.locator(".plot").first.bounding_box()
    page.mouse.move(box["x"] + box["width"] * 0.6, box["y"] + box["height"] * 0.5)
    page.wait_for_selector(".hoverlayer .legend, .hoverlayer .hovertext")
    page.mouse.click(box["x"] + box["width"] * 0.6, box["y"] + box["height"] * 0.5)
    page.wait_for_selector(".group")
    assert "view" not in page.url
    assert page.url.split("#")[1].startswith("rollouts?")


def test_zoom_is_shared_by_the_charts(visit: Visit) -> None:
    page = visit.go()
    visit.wait_until("document.querySelectorAll('.plot[data-drawn]').length >= 2")
    box = page.locator(".plot").first.bounding_box()
    y = box["y"] + box["height"] * 0.5
    page.mouse.move(box["x"] + box["width"] * 0.4, y)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.7, y, steps=4)
    page.mouse.up()
    visit.wait_until(
        "(() => { const [a, b] = [...document.querySelectorAll('.plot[data-drawn]')]"
        ".map((plot) => plot.layout.xaxis.range);"
        " return a[0] > 2 && a[1] < 11 && a[0] === b[0] && a[1] === b[1]; })()"
    )
    visit.wait_until("document.querySelector('.plot').layout.xaxis.dtick === 1")
    texts = page.locator(".plot").first.locator(".xtick text").all_text_contents()
    ticks = [int(text) for text in texts]
    assert len(ticks) >= 3
    assert ticks == list(range(ticks[0], ticks[0] + len(ticks)))  # whole steps, each once


def test_the_slider_by_hand_and_by_keys(visit: Visit) -> None:
    page = visit.go("#rollouts?step=3&source=train")
    page.wait_for_selector(".group")
    assert steps_shown(page) == "step 3"
    page.keyboard.press("ArrowRight")
    assert steps_shown(page) == "step 4"
    page.keyboard.press("Shift+ArrowRight")
    assert steps_shown(page) == "step 12"
    page.keyboard.press("Home")
    assert steps_shown(page) == "step 1"
    page.click("[aria-label='The next step']")
    assert steps_shown(page) == "step 2"
    page.focus("#step")
    page.keyboard.press("ArrowRight")
    assert steps_shown(page) == "step 3"
    page.locator("#step").fill("8")
    assert steps_shown(page) == "step 9"
    page.wait_for_selector(".group .about:has-text('step 9')")
    visit.wait_until("location.hash.includes('step=9')")
    page.reload()
    page.wait_for_selector(".group .about:has-text('step 9')")


def test_filters_narrow_what_is_shown(visit: Visit) -> None:
    page = visit.go("#rollouts?step=6&source=train")
    page.wait_for_selector(".group")
    assert page.inner_text(".summary") == "step 6: 8 completions in 2 groups, 50 % right"
    page.select_option("#filter-family", "linear")
    page.wait_for_selector(".summary:has-text('4 completions in 1 group,')")
    page.select_option("#filter-verdict", "incorrect")
    page.wait_for_selector(".summary:has-text('2 completions in 1 group, 0 % right (filtered)')")
    assert page.locator(".card.correct.unfit").count() == 1
    page.click("button:has-text('all steps')")
    page.wait_for_selector(".summary:has-text('all steps: 26 completions in 11 groups')")
    page.select_option("#filter-family", "")
    page.select_option("#filter-verdict", "")
    page.select_option("#filter-picked", "aha")
    page.wait_for_selector(".summary:has-text('all steps: 1 completion in 1 group')")
    page.select_option("#filter-picked", "")
    page.select_option("#filter-habit", "domain_stated")
    page.wait_for_selector(".summary:has-text('100 % right (filtered)')")


def test_search_reads_the_texts_of_all_steps(visit: Visit) -> None:
    page = visit.go("#habits")
    page.keyboard.press("/")
    page.wait_for_selector("#search:focus")
    page.keyboard.type("LEFT SIDE has")
    page.click("button:has-text('all steps')")
    page.wait_for_selector(".summary:has-text('all steps: 1 completion in 1 group')")
    assert page.input_value("#search") == "LEFT SIDE has"
    page.focus("#search")
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.id") != "search"
    page.keyboard.press("?")
    page.wait_for_selector("#help[open]")
    assert "search the text" in page.inner_text("#help")


def test_claims_are_marked_by_signs_with_their_evidence(visit: Visit) -> None:
    page = visit.go("#rollouts?step=2&source=train")
    page.wait_for_selector("pre mark")
    signs = {
        kind: page.inner_text(f"pre mark.{kind} .sign")
        for kind in ("refuted", "excluded")
    }  # fmt: skip
    assert signs == {"refuted": "↺", "excluded": "≠"}
    page.hover("pre mark.refuted")
    words = "wrong, and refuted by the completion itself: 0 is no <solution>. Line 2 refutes it."
    assert page.inner_text(".evidence") == words
    page.focus("pre mark.excluded")
    assert page.inner_text(".evidence") == "rightly excluded: the denominator is 0 there"
    note = page.inner_text(".card:has(mark) .notes")
    assert "First wrong step in line 1 (dropped restriction). 0 was gained." in note
    assert "verified aha" in note


def test_a_problem_is_watched_being_learned(visit: Visit) -> None:
    page = visit.go("#problems?text=train-linear-1")
    page.wait_for_selector("tbody tr")
    assert page.locator("tbody tr").count() == 1
    cells = page.locator("tbody td.number").all_inner_texts()
    assert cells == ["3", "25 %", "100 %"]
    shares = page.evaluate(
        "[...document.querySelectorAll('tbody .front')].map((bar) => bar.getBBox().height / 24)"
    )
    assert shares == [0.25, 0.5, 1]
    page.click("tbody a")
    page.wait_for_selector(".time[aria-pressed=true]:has-text('25 %')")
    page.keyboard.press("ArrowRight")
    page.wait_for_selector(".group .about:has-text('step 8')")
    page.keyboard.press("End")
    page.wait_for_selector(".group .about:has-text('step 12')")
    assert page.inner_text(".card .verdict") == "✓ correct"
    page.go_back()
    page.wait_for_selector("table.problems")


def test_habits_name_the_first_steps(visit: Visit) -> None:
    page = visit.go("#habits?source=train")
    shown = page.locator("tr[data-habit=domain_stated] td").all_inner_texts()
    assert shown == ["0 % of 8", "62 % of 13", "3", "6", "not reached"]
    page.click("tr[data-habit=domain_stated] a:has-text('6')")
    page.wait_for_selector(".summary:has-text('step 6')")
    assert page.input_value("#filter-habit") == "domain_stated"


@pytest.mark.parametrize("address", ["#curves", "#habits", "#rollouts?step=12", "#problems"])
def test_nothing_is_wider_than_a_phone(chromium: Any, report: Path, address: str) -> None:
    context = chromium.new_context(
        viewport={"width": 360, "height": 740}, color_scheme="dark", has_touch=True
    )
    visit = Visit(context, report)
    page = visit.go(address)
    ready = {"#curves": ".plot[data-drawn]", "#habits": "table"}.get(address, ".group, table")
    page.wait_for_selector(ready)
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    width = page.evaluate("document.documentElement.scrollWidth")
    faults = visit.all_faults()
    context.close()
    assert (width, faults) == (360, [])


def test_dark_and_light(visit: Visit) -> None:
    page = visit.go()
    page.wait_for_selector(".plot[data-drawn]")

    def lightness() -> int:
        colour = page.evaluate("getComputedStyle(document.body).backgroundColor")
        return sum(int(part) for part in colour.removeprefix("rgb(").rstrip(")").split(","))

    assert lightness() > 600
    page.emulate_media(color_scheme="dark")
    assert lightness() < 150
    page.keyboard.press("d")
    assert lightness() > 600
    page.click("#theme")
    assert lightness() < 150
    visit.wait_until(
        "getComputedStyle(document.querySelector('.plot .xtick text')).fill === "
        "getComputedStyle(document.querySelector('.hint')).color"
    )


def test_hostile_text_is_text(visit: Visit) -> None:
    page = visit.go("#rollouts?step=12&source=train&family=" + "%3Ci%3Efamily%3C%2Fi%3E")
    page.wait_for_selector(".group")
    shown = page.locator("pre.completion").all_inner_texts()
    assert shown[:3] == list(HOSTILE[:3])
    assert "line\\u2028separator\\u2029 nul\\u0000 bell\\u0007 lone" in shown[3]
    assert "turned\\u202egnirts" in shown[3]
    assert len(shown[4]) < 3000
    page.click("text=Show all 200,021 characters")
    assert page.locator("pre.completion").nth(4).inner_text() == HOSTILE[4]
    assert (
        page.locator("main img, main script, main svg[onload], main i, main a[href^=java]").count()
        == 0
    )
    assert "<u>run&" in page.inner_text("h1")
    page = visit.go("#problems?problem=" + "train-%3Cb%3Ehostile%3C%2Fb%3E-9")
    page.wait_for_selector(".group")
    assert HOSTILE[0] in page.inner_text(".problem-text")


def test_a_missing_file_is_said(visit: Visit, report: Path) -> None:
    page = visit.go()
    page.route("**/data/a/*", lambda route: route.abort())
    page.goto("about:blank")
    page.goto(visit.index)
    page.wait_for_selector(".error:has-text('data/a/index.js cannot be read')")
    visit.faults.clear()


def test_two_runs_side_by_side(chromium: Any, tmp_path: Path) -> None:
    late = write_run(tmp_path / "late", steps=12)
    early = write_run(tmp_path / "early", steps=8)
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    visit = Visit(context, build_report([late, early], tmp_path / "report", jobs=1))
    page = visit.go()
    page.wait_for_selector(".plot[data-drawn]")
    curves = page.evaluate("document.querySelector('.plot').data.map((trace) => trace.name)")
    assert set(curves) == {"late: reward", "early: reward"}
    page.keyboard.press("2")
    page.wait_for_selector("tr[data-habit=domain_stated]")
    assert page.locator("tr[data-habit=domain_stated]").count() == 2
    page.keyboard.press("3")
    cells = page.locator("section:has-text('Training') tr:has-text('linear') td").all_inner_texts()
    assert len(cells) == 4
    page.goto(visit.index + "#problems?problem=train-linear-1")
    visit.wait_until("document.querySelectorAll('.side-by-side .group').length === 2")
    assert page.locator(".side-by-side h2").all_inner_texts() == ["late", "early"]
    page.keyboard.press("End")
    page.wait_for_selector(".course:nth-child(2) .about:has-text('step 8')")
    page.wait_for_selector(".course:nth-child(1) .about:has-text('step 12')")
    faults = visit.all_faults()
    context.close()
    assert faults == []
