"""What people see: the report in headless Chromium, at desktop and phone width, in print and without JavaScript.

Skipped where Debian's chromium is not installed; continuous integration installs it.
"""

from __future__ import annotations

import functools
import io
import re
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from xml.etree import ElementTree

import pandas as pd
import pypdf
import pytest
from axe_core_python.sync_playwright import Axe
from conftest import Refreshed
from playwright.sync_api import Browser, Page, sync_playwright
from plotly.offline import get_plotlyjs_version

from profiles.report.render import PLOTLY

ROOT = Path(__file__).parents[3]
CHROMIUM = shutil.which("chromium")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.xdist_group("browser"),
    pytest.mark.skipif(not CHROMIUM, reason="Debian's chromium is not installed"),
]
REPORT = "report.html"
ALL_DRAWN = "[...document.querySelectorAll('.plot')].every(p => p.querySelector('svg'))"
# Figures that stand in a sentence alone, without a table of their own.
IN_SENTENCES = {
    "absence",
    "age_at_first_indicator",
    "first_referred",
    "hidden_scale",
    "missing_before_referral",
    "missing_now",
    "nrm_children",
    "nrm_county_lines",
    "also_sexual",
    "ever_at_risk_12_months",
    "health_concerning",
    "time_to_decision",
    "health_alone",
}
# The partner edition, which has all that the public one has, each time; both in the long tests.
EDITIONS = ("partner", pytest.param("public", marks=pytest.mark.long))
SILENT = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as p:
        found = p.chromium.launch(executable_path=CHROMIUM, args=SILENT)
        yield found
        found.close()


def opened(
    browser: Browser, path: Path, width: int = 1280, **context: object
) -> tuple[Page, list[str], list[str]]:
    """The page with every chart drawn and every table open, what it asked the network for, and what its console said."""
    page = browser.new_context(viewport={"width": width, "height": 900}, **context).new_page()  # type: ignore[arg-type]
    requests: list[str] = []
    console: list[str] = []
    page.on("request", lambda r: requests.append(r.url))
    page.on("console", lambda m: console.append(m.text))
    page.on("pageerror", lambda e: console.append(str(e)))
    page.goto(f"{path.as_uri()}#print=all")
    if context.get("java_script_enabled", True) and path.name == REPORT:
        page.wait_for_selector("html[data-ready]", state="attached", timeout=120_000)
        assert page.evaluate(ALL_DRAWN)
    return page, requests, console


Report = Callable[[str, int], tuple[Page, list[str], list[str]]]


@pytest.fixture(scope="module")
def report(browser: Browser, refreshed: Refreshed) -> Report:
    """An edition at a width, opened once for all tests that only look: drawing its charts takes seconds."""

    @functools.cache
    def opened_once(edition: str, width: int) -> tuple[Page, list[str], list[str]]:
        return opened(browser, refreshed.version / edition / "report.html", width)

    return opened_once


@pytest.mark.parametrize("edition", EDITIONS)
def test_what_is_shown_equals_the_store_of_labels_cell_for_cell(
    report: Report, refreshed: Refreshed, edition: str
) -> None:
    folder = refreshed.version / edition
    page, _, _ = report(edition, 1280)
    cells = page.eval_on_selector_all(
        "td[data-figure]", "all => all.map(td => [td.dataset.figure, td.innerText])"
    )
    figures = pd.read_csv(folder / "figures.csv", keep_default_na=False, dtype=str)
    keys = figures[
        ["figure", "measure", "group_type", "group", "group2", "group3", "period_end"]
    ].agg("|".join, axis=1)
    labels = dict(zip(keys, figures["label"], strict=True))
    assert len(cells) > 200
    for key, text in cells:
        assert text == labels[key], key
    # Every figure that the edition may show stands in a table, but for what only a sentence carries,
    # and what the extracts reach nowhere, for which a sentence says so.
    in_cells = {key.split("|")[0] for key, _ in cells}
    reached = figures[figures["status"] != "refused"]
    assert set(reached["figure"]) - in_cells <= IN_SENTENCES


@pytest.mark.parametrize("edition", EDITIONS)
def test_charts_show_their_labels(report: Report, edition: str) -> None:
    page, _, _ = report(edition, 1280)
    charts = page.eval_on_selector_all(
        ".plot",
        "all => all.map(p => [p.id, [...p.querySelectorAll('.annotation-text')].map(t => t.textContent), p.getAttribute('aria-label')])",
    )
    assert len(charts) >= 8
    for name, words, alternative in charts:
        assert words, name
        assert all(word in alternative for word in words), (name, words, alternative)


@pytest.mark.parametrize("edition", EDITIONS)
@pytest.mark.parametrize("width", [pytest.param(1280, marks=pytest.mark.long), 390])
def test_no_network_no_errors_nothing_wider_than_the_screen(
    report: Report, refreshed: Refreshed, edition: str, width: int
) -> None:
    page, requests, console = report(edition, width)
    assert requests == [(refreshed.version / edition / "report.html").as_uri()]
    assert console == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for left, right in page.eval_on_selector_all(
        ".plot svg.main-svg",
        "all => all.map(s => [s.getBoundingClientRect().left, s.getBoundingClientRect().right])",
    ):
        assert left >= 0
        assert right <= width


@pytest.mark.parametrize("edition", EDITIONS)
def test_no_text_of_a_chart_is_cut(report: Report, edition: str) -> None:
    for width in (1280, 390):
        page, _, _ = report(edition, width)
        cut = page.eval_on_selector_all(
            ".plot",
            """all => all.flatMap(p => { const box = p.getBoundingClientRect();
                 return [...p.querySelectorAll('text')].filter(t => t.textContent.trim()).map(t => [p.id, t.textContent, t.getBoundingClientRect()])
                   .filter(([, , r]) => r.width && (r.left < box.left - 1 || r.right > box.right + 1 || r.top < box.top - 1 || r.bottom > box.bottom + 1))
                   .map(([id, text]) => [id, text]) })""",
        )
        assert cut == [], width


# Both editions are drawn by the same templates; the larger at the desk, the smaller on a phone.
@pytest.mark.long
@pytest.mark.parametrize(
    ("width", "edition", "scheme"),
    [(1280, "partner", "light"), (390, "public", "light"), (390, "public", "dark")],
)
def test_accessibility_rules(
    browser: Browser, refreshed: Refreshed, edition: str, width: int, scheme: str
) -> None:
    page, _, _ = opened(
        browser,
        refreshed.version / edition / "report.html",
        width,
        bypass_csp=True,
        color_scheme=scheme,
    )
    found = Axe().run(
        page,
        options={
            "resultTypes": ["violations"],
            "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
        },
    )
    assert len(found["passes"]) > 20
    assert [(v["id"], [n["target"] for n in v["nodes"]][:3]) for v in found["violations"]] == []


def test_without_javascript_every_number_is_there(
    browser: Browser, report: Report, refreshed: Refreshed
) -> None:
    with_it, _, _ = report("partner", 1280)
    page, _, _ = opened(
        browser, refreshed.version / "partner" / "report.html", java_script_enabled=False
    )
    assert page.inner_text("main").count("fewer than 8") > 10
    count = "all => all.length"
    assert page.eval_on_selector_all("td", count) == with_it.eval_on_selector_all("td", count)
    assert "Charts need JavaScript" in page.inner_text("body")
    assert page.eval_on_selector_all("details", "all => all.every(d => d.open)")
    # Maps need none: every ward of each is drawn, and dark enough wards are darker than light ones.
    drawn = page.eval_on_selector_all(
        "figure.map > svg",
        "all => all.map(s => [...s.querySelectorAll('use')].filter(u => u.querySelector('title') && u.getBoundingClientRect().width > 5).length)",
    )
    assert drawn == [69] * 4
    fills = [
        page.eval_on_selector(f"figure.map use.s{k}", "u => getComputedStyle(u).fill")
        for k in (1, 3)
    ]
    light, dark = (sum(int(n) for n in f[4:-1].split(",")) for f in fills)
    assert light > dark + 60


@pytest.mark.parametrize("edition", EDITIONS)
def test_the_text_of_each_bar_stands_at_its_bar(report: Report, edition: str) -> None:
    """A name that reads as a number was taken for a place on the axis, below every bar."""
    page, _, _ = report(edition, 1280)
    apart = page.eval_on_selector_all(
        ".plot",
        """all => all.flatMap(p => p._fullLayout.annotations.filter(a => a.yref === 'y' && p._fullLayout.yaxis.type === 'category')
             .map(a => [p.id, a.y, p._fullLayout.yaxis._categories.indexOf(a.y), p._fullLayout.yaxis.range, p._fullLayout.yaxis._categories.length]))
             .filter(([, , place, range, many]) => place < 0 || Math.abs(Math.abs(range[0] - range[1]) - many) > 0.2)""",
    )
    assert apart == []


@pytest.mark.parametrize("width", [390, 320])
def test_no_number_of_an_axis_stands_in_another(report: Report, width: int) -> None:
    page, _, _ = report("partner", width)
    touching = page.eval_on_selector_all(
        ".plot",
        """all => all.filter(p => {
             const at = [...p.querySelectorAll('.xtick text, .x2tick text')].map(t => t.getBoundingClientRect());
             at.sort((a, b) => a.left - b.left);
             return at.some((r, i) => i && Math.abs(r.top - at[i - 1].top) < 2 && r.left < at[i - 1].right + 1);
           }).map(p => p.id)""",
    )
    assert touching == []


def test_a_chart_can_be_taken_away(browser: Browser, refreshed: Refreshed) -> None:
    page = browser.new_context(
        viewport={"width": 1280, "height": 900}, accept_downloads=True
    ).new_page()
    console: list[str] = []
    page.on("console", lambda m: console.append(m.text))
    page.goto(f"{(refreshed.version / 'partner' / REPORT).as_uri()}#risk")
    page.wait_for_selector("#risk .save")
    with page.expect_download() as taken:
        page.click("#risk .save")
    picture = Path(taken.value.path()).read_text("utf-8")
    assert taken.value.suggested_filename.endswith(".svg")
    root = ElementTree.fromstring(picture)
    said = " ".join(root.itertext())
    title = page.inner_text("#risk figcaption strong")
    assert title in said
    # Where it is from goes with it.
    assert page.title() in said
    assert console == []


def test_no_heading_stands_twice_on_a_page(browser: Browser, refreshed: Refreshed) -> None:
    page = browser.new_page()
    page.goto((refreshed.version / "partner" / REPORT).as_uri())
    headings = page.eval_on_selector_all("h2, h3, h4", "all => all.map(h => h.textContent.trim())")
    assert [h for h, number in Counter(headings).items() if number > 1] == []
    titles = page.eval_on_selector_all("figcaption strong", "all => all.map(t => t.textContent)")
    assert [t for t, number in Counter(titles).items() if number > 1] == []


@pytest.mark.parametrize("width", [640, 320])
def test_the_keyboard_finds_every_button_and_what_has_focus_is_on_the_screen(
    browser: Browser, refreshed: Refreshed, width: int
) -> None:
    """At 200% and 400% of 1280 pixels, and as fast as somebody who holds the key down."""
    page = browser.new_context(viewport={"width": width, "height": 450}).new_page()
    page.goto((refreshed.version / "partner" / REPORT).as_uri())
    charts = page.evaluate(
        "[...document.querySelectorAll('.plot')].filter(p => !p.closest('details:not([open])')).length"
    )
    names = set()
    beside = []
    for _ in range(400):
        page.keyboard.press("Tab")
        seen = page.evaluate(
            """() => { const e = document.activeElement, r = e.getBoundingClientRect();
            return [e.tagName, e.getAttribute("aria-label") || e.textContent.trim(), r.top, r.bottom, innerHeight]; }"""
        )
        if seen[0] == "BODY":
            break
        if seen[1].startswith("Save picture"):
            names.add(seen[1])
        if seen[0] in ("BUTTON", "SUMMARY", "A") and (seen[3] < 0 or seen[2] > seen[4]):
            beside.append(seen[1])
    assert len(names) == charts > 20
    assert beside == []


# Pixels between the margins of an A4 sheet.
SHEET = 688


@pytest.mark.parametrize("part", ["brief", "profile", pytest.param("all", marks=pytest.mark.long)])
def test_what_is_printed_is_as_wide_as_the_sheet(
    browser: Browser, refreshed: Refreshed, part: str
) -> None:
    """A browser prints everything smaller where one table is wider than the sheet."""
    page = browser.new_context(viewport={"width": SHEET, "height": 900}, bypass_csp=True).new_page()
    page.emulate_media(media="print")
    page.goto(f"{(refreshed.version / 'partner' / REPORT).as_uri()}#print={part}")
    page.wait_for_selector("html[data-ready]", state="attached", timeout=120_000)
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.evaluate("document.documentElement.scrollWidth") == SHEET
    # No chart reaches into the other column.
    reaching = page.eval_on_selector_all(
        ".plot",
        """all => all.filter(p => p.checkVisibility() && p.querySelector('svg').getBoundingClientRect().right
             > p.closest('.block').getBoundingClientRect().right + 2).map(p => p.id)""",
    )
    assert reaching == []


def _sheets(page: Page) -> list[str]:
    """The text of every sheet, without what stands in its margins."""
    printed = pypdf.PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True)))
    margins = r"OFFICIAL-SENSITIVE|Partner edition, as at 1 March 2024, 2024-03-01\.v1|\d+ of \d+|INVENTED DATA"
    return [re.sub(margins, "", sheet.extract_text()).strip() for sheet in printed.pages]


@pytest.mark.long
def test_print_is_paged_and_whole(browser: Browser, report: Report, refreshed: Refreshed) -> None:
    page, _, _ = report("partner", 1280)
    sheets = {}
    for part in ("brief", "profile", "all"):
        # As they are printed where nobody opened a table.
        page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
        page.goto(f"{(refreshed.version / 'partner' / REPORT).as_uri()}#print={part}")
        page.wait_for_selector("html[data-ready]", state="attached", timeout=120_000)
        sheets[part] = _sheets(page)
    assert len(sheets["brief"]) <= 2
    assert len(sheets["profile"]) <= 25
    assert len(sheets["all"]) > len(sheets["profile"]) + 10
    # No sheet holds a note alone: the longest note has some 150 letters.
    for part, texts in sheets.items():
        assert [(part, n) for n, text in enumerate(texts, start=1) if len(text) < 200] == []
    # The marking, the version and the page number stand in the margin of every sheet.
    style = " ".join(page.locator("style").all_text_contents())
    assert '@top-center { content: "OFFICIAL-SENSITIVE";' in style
    assert "2024-03-01.v1" in style
    assert "counter(page)" in style


@pytest.mark.parametrize("edition", EDITIONS)
def test_marked_and_watermarked(report: Report, edition: str) -> None:
    page, _, _ = report(edition, 1280)
    marking = {"partner": "OFFICIAL-SENSITIVE", "public": "OFFICIAL"}[edition]
    assert page.locator(".marking").all_inner_texts() == [marking, marking]
    assert "Invented data" in page.inner_text("header")
    assert page.evaluate("getComputedStyle(document.body, '::before').content") == '"INVENTED DATA"'


@pytest.mark.parametrize("width", [1280, 390])
def test_no_number_of_a_map_leaves_its_ward(report: Report, width: int) -> None:
    page, _, _ = report("partner", width)
    outside = page.eval_on_selector_all(
        "figure.map > svg",
        """all => all.flatMap(s => { const wards = [...s.querySelectorAll('use')].filter(u => u.querySelector('title'));
             return [...s.querySelectorAll('text.count')].map((t, i) => [t.getBoundingClientRect(), wards[i].getBoundingClientRect(), t.textContent])
               .filter(([t, w]) => t.left < w.left - 1 || t.right > w.right + 1 || t.top < w.top - 1 || t.bottom > w.bottom + 1).map(([, , x]) => x) })""",
    )
    assert outside == []


def test_index_opens(browser: Browser, refreshed: Refreshed) -> None:
    page, _, console = opened(browser, refreshed.home / "readers" / "public" / "index.html")
    page.click("text=profile")
    assert page.url.endswith("readers/public/2024-03-01/v1/report.html")
    assert console == []


def test_the_files_are_small_enough_to_send(refreshed: Refreshed) -> None:
    for edition in ("partner", "public"):
        assert (refreshed.version / edition / "report.html").stat().st_size < 1_500_000


def test_the_bundle_is_of_the_version_that_is_installed() -> None:
    """Charts are described by the package and drawn by the bundle: bars and lines, which it has."""
    text = (ROOT / "profiles/report/static" / PLOTLY).read_text("utf-8")
    assert f"plotly.js (basic - minified) v{get_plotlyjs_version()}" in text[:200]


@pytest.fixture(scope="module")
def untouched(browser: Browser, refreshed: Refreshed) -> Page:
    """The partner edition as it opens, nothing clicked."""
    page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
    page.goto((refreshed.version / "partner" / REPORT).as_uri())
    page.wait_for_timeout(500)
    return page


def test_what_matters_is_not_buried(untouched: Page) -> None:
    assert untouched.evaluate("document.documentElement.scrollHeight") <= 25_000
    assert untouched.eval_on_selector_all("details[data-fold]", "all => all.every(d => !d.open)")
    # Charts are drawn when they come near the screen, and the first is far below it.
    assert not untouched.evaluate(ALL_DRAWN)


def test_only_links_and_controls_are_stops(untouched: Page) -> None:
    """And a table that is wider than its place, which the keyboard must scroll."""
    others = untouched.eval_on_selector_all(
        "[tabindex]", "all => all.filter(e => e.scrollWidth <= e.clientWidth).length"
    )
    assert others == 0


def test_every_link_within_the_page_leads_somewhere(untouched: Page) -> None:
    lost = untouched.eval_on_selector_all(
        "a[href^='#']",
        "all => all.map(a => a.hash.slice(1)).filter(id => id && !document.getElementById(id))",
    )
    assert lost == []
    ids = untouched.eval_on_selector_all("[id]", "all => all.map(e => e.id)")
    assert sorted(set(ids)) == sorted(ids)


def test_a_link_to_a_folded_table_opens_it(browser: Browser, refreshed: Refreshed) -> None:
    page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
    page.goto((refreshed.version / "partner" / REPORT).as_uri())
    page.click("p.note a[href^='#annex-']")
    assert page.eval_on_selector(page.evaluate("location.hash"), "d => d.open")


HALF_HIDDEN = """async () => {
  const half = [];
  for (const place of document.querySelectorAll(".scroll[tabindex]")) {
    place.scrollTo({left: 97, behavior: "instant"});
    await new Promise((next) => setTimeout(next, 20));
    const [names, ...cells] = [...place.firstElementChild.rows].at(-1).cells;
    const edge = names.getBoundingClientRect().right;
    for (const cell of cells) {
      const {left, right, width} = cell.getBoundingClientRect();
      // A column that is wider than its place has to be read in two.
      const is_narrow = width < place.clientWidth - names.offsetWidth;
      if (is_narrow && left < edge - 2 && right > edge + 6) half.push(place.getAttribute("aria-label"));
    }
  }
  return half;
}"""


def test_a_table_that_is_moved_sideways_shows_whole_columns(
    browser: Browser, refreshed: Refreshed
) -> None:
    """Half behind the names of the rows, 90 would read as 0."""
    page = browser.new_context(viewport={"width": 320, "height": 700}).new_page()
    page.goto((refreshed.version / "partner" / REPORT).as_uri())
    page.click("button[data-open]")
    page.wait_for_function("document.querySelectorAll('.scroll[tabindex]').length > 20")
    assert page.evaluate(HALF_HIDDEN) == []


def test_a_number_leads_to_its_row(browser: Browser, refreshed: Refreshed) -> None:
    """Its name, below it, is that of one row of figures.csv with the same label."""
    page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
    page.goto((refreshed.version / "partner" / REPORT).as_uri())
    page.click("button[data-keys]")
    told = page.eval_on_selector_all(
        "td small.key",
        "all => all.map(k => [k.textContent, k.parentElement.firstChild.textContent])",
    )
    figures = pd.read_csv(
        refreshed.version / "partner" / "figures.csv", keep_default_na=False, dtype=str
    )
    columns = ["figure", "measure", "group_type", "group", "group2", "group3", "period_end"]
    labels = dict(zip(figures[columns].agg("|".join, axis=1), figures["label"], strict=True))
    assert len(told) > 200
    assert all(labels[key] == label for key, label in told)
    # And each table with such numbers to what they count, a link for each figure.
    defined = page.evaluate(
        """() => [...document.querySelectorAll("table")].map((table) => [
          [...table.querySelectorAll("td[data-figure]")].map((c) => c.dataset.figure.split("|")[0]),
          [...table.querySelectorAll("caption small.key a")].map((a) => a.hash),
        ])"""
    )
    for names, links in defined:
        assert links == [f"#counts-{name}" for name in dict.fromkeys(names)]
    page.click("caption small.key a[href='#counts-at_risk']")
    assert page.eval_on_selector("#counts-at_risk", "row => row.checkVisibility()")
    page.click("button[data-keys]")
    assert page.locator("small.key").count() == 0


def test_where_charts_cannot_be_drawn_their_tables_stand_open(
    browser: Browser, refreshed: Refreshed
) -> None:
    page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
    page.add_init_script("delete window.DecompressionStream")
    page.goto(f"{(refreshed.version / 'partner' / REPORT).as_uri()}#scale")
    page.wait_for_selector("p.no-charts:not([hidden])")
    assert page.eval_on_selector_all("details[data-fold]", "all => all.every(d => d.open)")
