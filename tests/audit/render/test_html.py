"""The page, in a real browser: what it shows, that it works by keyboard, and that nothing foreign runs or loads."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from hive_integration.audit.compare import compare
from hive_integration.audit.render.html import render
from hive_integration.units import Load
from tests.audit.render.browser import CHROMIUM, Page
from tests.audit.sample import HOSTILE, hostile, large, report_of, sample

needs_browser = pytest.mark.skipif(not CHROMIUM, reason="no Chromium is installed")


def choose(field: str, value: str) -> str:
    """The script that sets a field of the list's filters, as typing would."""
    return f"(f => {{ f.value = {value!r}; f.dispatchEvent(new Event('input')) }})(document.querySelector('#{field}'))"


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    """One browser for all tests of this file."""
    with Page(tmp_path_factory.mktemp("profile")) as browser:
        yield browser


def test_the_page_names_no_other_resource() -> None:
    """No element of the page refers to anything but the page itself and an empty icon."""
    text = render(sample())
    assert set(re.findall(r"""(?:\b(?:src|href|action)=|url\()["']?([^"'\s>)]+)""", text)) == {"data:,"}
    assert "@import" not in text
    assert "default-src 'none'" in html.unescape(text)


def test_the_page_reads_without_its_script() -> None:
    """Total, categories and advice are in the HTML itself."""
    text = render(sample()).split('<script type="application/json"')[0]
    assert f"<strong>{sample().total_tokens:,}</strong>" in text
    for component, tokens, _ in sample().categories():
        assert re.search(rf'data-component="{component.value}".*>{tokens:,}<', text)
    assert "autoMemoryEnabled" in text


def test_the_data_cannot_end_its_element() -> None:
    """No name closes the data block: between its tags there is no `<` at all, and it is valid JSON."""
    text = render(hostile())
    block = text.split('<script type="application/json" id="data">')[1].split("</script>")[0]
    assert "<" not in block
    assert json.loads(block)["units"][-1][5] == 200


@needs_browser
@pytest.mark.parametrize("dark", [False, True])
def test_a_realistic_page_is_quiet(page: Page, tmp_path: Path, dark: bool) -> None:
    """Nothing is written to the console, nothing is asked from the network, and the theme follows the system."""
    page.open(render(sample()), tmp_path, dark=dark)
    background = page.js("getComputedStyle(document.body).backgroundColor")
    assert page.errors == []
    assert page.requests == [(tmp_path / "report.html").as_uri()]
    assert (sum(int(part) for part in re.findall(r"\d+", background)) < 200) is dark


@needs_browser
def test_hostile_names_do_not_run(page: Page, tmp_path: Path) -> None:
    """Markup in names is text: no element comes of it, no script runs, the title stays."""
    page.open(render(hostile(), comparison=compare(report_of().to_json(), hostile())), tmp_path)
    page.js(choose("load", ""))
    assert page.js("document.title").startswith("1,045 idle tokens · <script>document.title='owned'</script>")
    assert page.js("document.querySelectorAll('img, iframe, object, embed, a').length") == 0
    assert page.js("document.scripts.length") == 2
    names = page.js("[...document.querySelectorAll('#units td:nth-child(2)')].map(td => td.textContent)")
    assert HOSTILE[0] in names
    assert HOSTILE[1] in names
    assert page.errors == []
    assert len(page.requests) == 1


@needs_browser
def test_the_policy_refuses_a_foreign_script(page: Page, tmp_path: Path) -> None:
    """Even markup that got in could not run: the page's own policy lets only its two texts through."""
    attack = "<script>document.title='owned'</script><b id=x onclick=\"document.title='owned'\">x</b>"
    page.open(render(sample()).replace("</body>", f"{attack}</body>"), tmp_path)
    page.js("document.getElementById('x').click()")
    assert "owned" not in page.js("document.title")
    assert any("Content Security Policy" in error for error in page.errors)


@needs_browser
def test_areas_are_tokens(page: Page, tmp_path: Path) -> None:
    """A category's area in the map is its share of the total, within a hundredth of the map."""
    page.open(render(sample()), tmp_path)
    areas = page.js(
        "Object.fromEntries([...document.querySelectorAll('.map .group')].map(g => [g.className.split(' ')[1], "
        "(g.offsetWidth + 4) * (g.offsetHeight + 4) / (g.parentNode.clientWidth * g.parentNode.clientHeight)]))"
    )
    total = sample().total_tokens
    for component, tokens, _ in sample().categories():
        assert areas[component.value] == pytest.approx(tokens / total, abs=0.01)


@needs_browser
def test_the_map_is_drilled_by_keyboard(page: Page, tmp_path: Path) -> None:
    """Arrows move, Enter opens a category, Enter on a unit finds its row, Escape goes back to the same category."""
    page.open(render(sample()), tmp_path)
    page.js("document.querySelector('.map .group').focus()")
    page.key("ArrowRight")
    assert page.js("document.activeElement.ariaLabel").startswith("System prompt: 5,534 tokens, 18.2 %, 9 units")
    page.key("Enter")
    assert page.js("document.querySelector('#crumbs').innerText").replace("\n", " ").startswith("Idle › System prompt")
    assert page.js("document.activeElement.ariaLabel") == "auto memory: 2,711 tokens, 8.9 %"
    page.key("Enter")
    assert page.js("document.querySelector('tr.found').innerText").split()[:3] == ["2,711", "auto", "memory"]
    page.key("Escape")
    assert page.js("document.activeElement.ariaLabel").startswith("System prompt")
    assert page.js("document.querySelectorAll('.map .unit').length") == 0


@needs_browser
def test_only_one_stop_of_the_tab_key_is_in_the_map(page: Page, tmp_path: Path) -> None:
    """However many tiles there are, the map is one stop on the way through the page."""
    page.open(render(sample()), tmp_path)
    assert page.js("[...document.querySelectorAll('.map button')].filter(b => b.tabIndex === 0).length") == 1


@needs_browser
def test_deferred_units_are_a_view_of_their_own(page: Page, tmp_path: Path) -> None:
    """The map shows idle or deferred or on-demand units, never mixed."""
    page.open(render(sample()), tmp_path)
    page.js("document.querySelectorAll('#views button')[1].click()")
    label = page.js("document.querySelector('.map .group').ariaLabel")
    deferred = sum(f.tokens for f in sample().findings if f.unit.load is Load.DEFERRED and "mcp__" in f.unit.name)
    assert label.startswith(f"MCP tools: {deferred:,} tokens")


@needs_browser
def test_the_list_sorts_and_filters(page: Page, tmp_path: Path) -> None:
    """The list begins with the largest idle unit, filters by name and source, and sorts by any column."""
    page.open(render(sample()), tmp_path)
    first = "document.querySelector('#units tbody td:nth-child(2)').textContent"
    assert page.js(first) == "CLAUDE.md"
    page.js("document.querySelector('[data-column=\"0\"]').click()")
    assert page.js("document.querySelector('#units th[aria-sort]').innerText").startswith("Unit")
    assert page.js(first) == "Agent"
    page.js(choose("query", ".claude/skills"))
    assert page.js("document.querySelector('#count').textContent").startswith("39 of 975 units; 2,114 tokens")


@needs_browser
def test_the_theme_can_be_chosen(page: Page, tmp_path: Path) -> None:
    """The button goes from the system's theme to light, to dark, and back."""
    page.open(render(sample()), tmp_path, dark=True)
    press = "document.querySelector('#theme').click(); getComputedStyle(document.documentElement).colorScheme"
    assert [page.js(press) for _ in range(3)] == ["light", "dark", "light dark"]


@needs_browser
def test_a_phone_needs_no_sideways_scrolling(page: Page, tmp_path: Path) -> None:
    """At 390 pixels the page is no wider than the window; only the list scrolls in itself."""
    for report in (sample(), hostile()):
        page.open(render(report), tmp_path, width=390, height=800)
        assert page.js("document.documentElement.scrollWidth") == 390


@needs_browser
def test_five_thousand_units_stay_fluid(page: Page, tmp_path: Path) -> None:
    """Opening a category, filtering and sorting 5,000 units each take well under a second; rows come in portions."""
    page.open(render(large(5_000)), tmp_path)
    spent = page.js(
        "(() => { const t = performance.now(); document.querySelector('.group').click();"
        "const q = document.querySelector('#query'); q.value = 'tool_4'; q.dispatchEvent(new Event('input'));"
        "document.querySelector('[data-column=\"0\"]').click(); document.body.offsetHeight;"
        "return performance.now() - t })()"
    )
    assert spent < 1_500
    assert page.js("document.querySelectorAll('#units tbody tr').length") <= 200


@needs_browser
def test_budget_and_comparison_are_shown(page: Page, tmp_path: Path) -> None:
    """A budget is judged in the head of the page; a comparison has its section with sums and units."""
    new = sample(tool_search=False)
    page.open(render(new, budget=50_000, comparison=compare(sample().to_json(), new)), tmp_path)
    assert page.js("document.querySelector('#budget').innerText") == "30,634 over the budget of 50,000"
    assert "+50,297" in page.js("document.querySelector('#compare-title').innerText")
    assert page.js("document.querySelectorAll('#compare details tbody tr').length") == 200


@needs_browser
def test_a_screenshot_is_not_blank(page: Page, tmp_path: Path) -> None:
    """What the window shows is a picture with many colours' worth of content, in light and in dark."""
    sizes = []
    for dark in (False, True):
        page.open(render(sample()), tmp_path, dark=dark)
        page.screenshot(tmp_path / "page.png")
        sizes.append((tmp_path / "page.png").stat().st_size)
    assert min(sizes) > 40_000
