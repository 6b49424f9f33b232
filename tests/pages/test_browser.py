"""Pages in a real browser: nothing is fetched, all is there without scripts, anybody can use it."""

from __future__ import annotations

import json
import shutil
from base64 import b64decode
from pathlib import Path

import numpy as np
import pytest

pytestmark = pytest.mark.pages

webdriver = pytest.importorskip("selenium.webdriver")

AXE = Path(__file__).parent / "node_modules" / "axe-core" / "axe.min.js"
FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)
LOOKS = {
    "light": {"features": [{"name": "prefers-color-scheme", "value": "light"}]},
    "dark": {"features": [{"name": "prefers-color-scheme", "value": "dark"}]},
    "print": {"media": "print"},
}
PAGES = {
    "estimate": "estimate d.csv -x a -y b -y label --ci 0.95",
    "lags": "estimate d.csv -x a -y b --lag 0:5",
    "matrix": "matrix d.csv",
    "screen": "screen d.csv -t label",
    "diagnose": "diagnose d.csv -x a -y b",
    "hostile": "matrix hostile.csv",
}


def browser(folder, *, scripts: bool):
    options = webdriver.ChromeOptions()
    for flag in (*FLAGS, f"--user-data-dir={folder}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"performance": "ALL", "browser": "ALL"})
    if not scripts:
        settings = {"profile.managed_default_content_settings.javascript": 2}
        options.add_experimental_option("prefs", settings)
    options.binary_location = shutil.which("chromium")
    service = webdriver.ChromeService(shutil.which("chromedriver"))
    return webdriver.Chrome(options, service)


@pytest.fixture(scope="module")
def chromium(tmp_path_factory):
    if not shutil.which("chromium") or not shutil.which("chromedriver"):
        pytest.skip("needs chromium and chromedriver: sh tests/pages/install.sh")
    driver = browser(tmp_path_factory.mktemp("chromium"), scripts=True)
    driver.set_window_size(1200, 900)
    yield driver
    driver.quit()


@pytest.fixture(scope="module")
def bare(tmp_path_factory):
    """The same without scripts."""
    if not shutil.which("chromium") or not shutil.which("chromedriver"):
        pytest.skip("needs chromium and chromedriver: sh tests/pages/install.sh")
    driver = browser(tmp_path_factory.mktemp("bare"), scripts=False)
    yield driver
    driver.quit()


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    """A page of each kind, by its name."""
    import os

    from mitool.cli.app import main

    folder = tmp_path_factory.mktemp("pages")
    rng = np.random.default_rng(1)
    a = rng.normal(size=120)
    rows = [f"{v},{v + e},{'uv'[int(v > 0)]}" for v, e in zip(a, rng.normal(size=120), strict=True)]
    (folder / "d.csv").write_text("\n".join(["a,b,label", *rows]))
    rows = [",".join(map(str, row)) for row in rng.normal(size=(60, 3))]
    names = f"<script>alert(1)</script>,=cmd(\u202e),{'long' * 125}"
    (folder / "hostile.csv").write_text("\n".join([names, *rows]))
    before = Path.cwd()
    os.chdir(folder)
    try:
        for name, words in PAGES.items():
            assert main([*words.split(), "-q", "-o", f"{name}.json", "--html", f"{name}.html"]) == 0
    finally:
        os.chdir(before)
    return {name: folder / f"{name}.html" for name in PAGES}


def opened(driver, path):
    driver.get_log("performance"), driver.get_log("browser")
    driver.get(path.as_uri())
    return driver


def cells(driver, place):
    """The texts of a column, those of hidden rows left out."""
    script = (
        "return [...document.querySelectorAll('tbody tr')].filter(r => !r.hidden)"
        ".map(r => r.cells[arguments[0]].textContent)"
    )
    return driver.execute_script(script, place)


@pytest.mark.parametrize("name", PAGES)
def test_nothing_leaves_the_page_and_nothing_is_complained_of(chromium, pages, name):
    opened(chromium, pages[name])
    messages = [
        json.loads(entry["message"])["message"] for entry in chromium.get_log("performance")
    ]
    asked = [
        message["params"]["request"]["url"]
        for message in messages
        if message["method"] == "Network.requestWillBeSent"
    ]
    assert [url for url in asked if not url.startswith("data:")] == [pages[name].as_uri()]
    assert chromium.get_log("browser") == []


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("name", PAGES)
def test_nobody_is_shut_out(chromium, pages, name, look):
    if not AXE.exists():
        pytest.skip("needs axe-core: sh tests/pages/install.sh")
    opened(chromium, pages[name]).execute_cdp_cmd("Emulation.setEmulatedMedia", LOOKS[look])
    chromium.execute_script(AXE.read_text(encoding="utf-8"))
    script = "const done = arguments[0]; axe.run().then(done, e => done({violations: [String(e)]}))"
    faults = chromium.execute_async_script(script)["violations"]
    chromium.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "", "features": []})
    grave = [
        (f["id"], f["nodes"][0]["html"][:200])
        for f in faults
        if f["impact"] in ("serious", "critical")
    ]
    assert grave == []


def test_a_click_sorts_and_another_turns_round(chromium, pages):
    opened(chromium, pages["matrix"])
    heads = chromium.find_elements("css selector", "th button")
    place = [head.text for head in heads].index("mi (nats)")
    for turn, expected in ((0, "descending"), (1, "ascending")):
        heads[place].click()
        head = chromium.find_elements("css selector", "th")[place]
        assert head.get_attribute("aria-sort") == expected
        values = [float(cell) for cell in cells(chromium, place)]
        assert values == sorted(values, reverse=turn == 0)


def test_names_sort_as_words(chromium, pages):
    opened(chromium, pages["screen"])
    chromium.find_elements("css selector", "th button")[0].click()
    assert cells(chromium, 0) == sorted(cells(chromium, 0), reverse=True)


def test_typing_filters_rows(chromium, pages):
    opened(chromium, pages["matrix"])
    assert len(cells(chromium, 0)) == 3
    box = chromium.find_element("css selector", "input[type=search]")
    box.send_keys("LABEL")
    assert all("label" in pair for pair in zip(cells(chromium, 0), cells(chromium, 1), strict=True))
    assert len(cells(chromium, 0)) == 2


def test_the_keyboard_is_enough(chromium, pages):
    from selenium.webdriver.common.keys import Keys

    opened(chromium, pages["screen"])
    button = chromium.find_elements("css selector", "th button")[0]
    chromium.execute_script("arguments[0].focus()", button)
    button.send_keys(Keys.ENTER)
    assert chromium.find_element("css selector", "th").get_attribute("aria-sort") == "descending"


@pytest.mark.parametrize("name", PAGES)
def test_all_is_there_without_scripts(bare, pages, name):
    opened(bare, pages[name])
    shown = bare.find_elements("css selector", "tbody tr")
    assert shown
    assert all(row.is_displayed() for row in shown)
    assert not bare.find_elements("css selector", "input, button")
    for picture in bare.find_elements("css selector", "figure > *"):
        assert picture.size["width"] > 100
        assert picture.size["height"] > 100


@pytest.mark.parametrize("name", PAGES)
def test_a_phone_scrolls_tables_and_not_the_page(chromium, pages, name):
    opened(chromium, pages[name])
    size = {"width": 390, "height": 800, "deviceScaleFactor": 2, "mobile": True}
    chromium.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    width = chromium.execute_script("return document.documentElement.scrollWidth")
    chromium.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
    assert width <= 390


def test_it_prints(chromium, pages):
    opened(chromium, pages["matrix"])
    printed = b64decode(chromium.execute_cdp_cmd("Page.printToPDF", {})["data"])
    assert printed.startswith(b"%PDF")
    assert printed.count(b"/Type /Page\n") + printed.count(b"/Type /Page ") <= 3


def test_hostile_names_are_text(chromium, pages):
    opened(chromium, pages["hostile"])
    assert "<script>alert(1)</script>" in cells(chromium, 0)
    assert len(chromium.find_elements("css selector", "script")) == 1
