"""The page of a study in a real browser: keys, touch, a server that goes away, a reload."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from attention_mesh.cli.study.answer_store import Answer, AnswerStore
from attention_mesh.cli.study.study_set import load_study
from attention_mesh.tests.cli.study.served_study import ServedStudy

pytest.importorskip("uvicorn", reason="uvicorn is in the study extra")
pytest.importorskip("selenium", reason="selenium is in the dev extra")

from selenium import webdriver
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.wait import WebDriverWait

IMAGES = 6
PHONE = {"width": 390, "height": 844, "pixelRatio": 2, "touch": True, "mobile": True}
SETTLED_S = 0.25  # after the page's 0.2 s in which it takes a second tap for a mistake


def open_browser(phone: bool) -> webdriver.Chrome:
    programs = [shutil.which(name) for name in ("chromium", "chromedriver")]
    if None in programs:
        pytest.skip("chromium or chromedriver is not installed")
    options = webdriver.ChromeOptions()
    options.binary_location = str(programs[0])
    for argument in ("headless=new", "no-sandbox", "disable-gpu", "disable-dev-shm-usage"):
        options.add_argument(f"--{argument}")
    options.add_argument("--window-size=1280,800")
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    if phone:
        options.add_experimental_option("mobileEmulation", {"deviceMetrics": PHONE})
    return webdriver.Chrome(options, webdriver.ChromeService(str(programs[1])))


@pytest.fixture(scope="module")
def desktop() -> Iterator[webdriver.Chrome]:
    with open_browser(phone=False) as browser:
        yield browser


@pytest.fixture(scope="module")
def phone() -> Iterator[webdriver.Chrome]:
    with open_browser(phone=True) as browser:
        yield browser


@pytest.fixture
def served(made, tmp_path) -> Iterator[ServedStudy]:
    with (
        AnswerStore(tmp_path / "answers.sqlite3", load_study(made.folder).name) as store,
        ServedStudy(made.folder, store) as served,
    ):
        yield served


class Visitor:
    """A person before a browser."""

    def __init__(self, browser: webdriver.Chrome, served: ServedStudy) -> None:
        self.browser, self.served = browser, served

    def wait(self, until: Callable[[], object]) -> None:
        WebDriverWait(self.browser, 20, poll_frequency=0.02).until(lambda _: until())

    def part(self, name: str):
        return self.browser.find_element(By.ID, name)

    def visit(self) -> None:
        self.browser.get(self.served.url)
        self.wait(lambda: self.part("start").is_enabled() or self.part("end").is_displayed())

    def begin(self) -> None:
        self.part("start").click()
        self.wait_for(1)

    def wait_for(self, number: int) -> None:
        """Waits until a photo can be answered."""
        self.wait(lambda: self.part("count").text.startswith(f"{number} of"))
        self.wait(self.part("real").is_enabled)
        ActionChains(self.browser).pause(SETTLED_S).perform()

    def press(self, key: str) -> None:
        ActionChains(self.browser).send_keys(key).perform()

    def answers(self, count: int) -> list[Answer]:
        """Waits until the server has so many answers, and returns them."""
        self.wait(lambda: len(self.served.store.answers()) >= count)
        return self.served.store.answers()

    def complaints(self) -> list[str]:
        """What the browser's console has, but for a server that is away on purpose."""
        entries = [entry["message"] for entry in self.browser.get_log("browser")]
        return [
            entry for entry in entries if "ERR_CONNECTION" not in entry and "Failed to fetch" not in entry
        ]


def size_of_photo(visitor: Visitor) -> tuple[int, int, dict]:
    photo = visitor.part("photo")
    return photo.get_property("naturalWidth"), photo.get_property("naturalHeight"), photo.rect


def test_keys_answer_all_photos(desktop, served) -> None:
    visitor = Visitor(desktop, served)
    visitor.visit()
    assert f"{IMAGES} photos" in visitor.part("welcome").text and not visitor.part("trial").is_displayed()
    visitor.begin()
    keys = [Keys.ARROW_LEFT, "r", "R", Keys.ARROW_RIGHT, "a", "A"]
    for number, key in enumerate(keys, 1):
        visitor.wait_for(number)
        width, height, rect = size_of_photo(visitor)
        assert (width, height) == (160, 160) and min(rect["width"], rect["height"]) > 350
        visitor.press(key)
    visitor.wait(lambda: "All your answers are stored" in visitor.part("end").text)
    answers = visitor.answers(IMAGES)
    order = served.study.order(answers[0].participant)
    assert [one.image for one in answers] == order
    assert [one.answer for one in answers] == ["real"] * 3 + ["ar"] * 3
    assert all(1000 * SETTLED_S * 0.8 < one.response_ms < 20_000 for one in answers)
    assert visitor.complaints() == []


def test_other_keys_and_shortcuts_answer_nothing(desktop, served) -> None:
    visitor = Visitor(desktop, served)
    visitor.visit()
    visitor.begin()
    for key in ("x", Keys.ARROW_UP, Keys.SPACE, Keys.ENTER):
        visitor.press(key)
    ActionChains(desktop).key_down(Keys.CONTROL).send_keys("a").key_up(Keys.CONTROL).perform()
    assert visitor.part("count").text == f"1 of {IMAGES}"
    visitor.press("a")
    visitor.wait_for(2)
    assert [one.answer for one in visitor.answers(1)] == ["ar"]


def test_a_phone_shows_all_of_it_and_takes_taps(phone, served) -> None:
    visitor = Visitor(phone, served)
    visitor.visit()
    visitor.begin()
    width, height = phone.execute_script("return [innerWidth, innerHeight]")
    assert (width, height) == (390, 844)
    assert phone.execute_script("return document.documentElement.scrollWidth") <= width
    _, _, photo = size_of_photo(visitor)
    assert photo["width"] > 340 and photo["y"] >= 0
    for name in ("real", "ar"):
        rect = visitor.part(name).rect
        assert rect["height"] >= 60 and rect["width"] >= 150  # CSS px; a finger needs 44
        assert rect["x"] >= 0 and rect["x"] + rect["width"] <= width
        assert photo["y"] + photo["height"] <= rect["y"] and rect["y"] + rect["height"] <= height
    assert not phone.find_element(By.CLASS_NAME, "hint").is_displayed()
    for number in range(1, IMAGES + 1):
        visitor.wait_for(number)
        tap(visitor, "real" if number % 2 else "ar")
    answers = visitor.answers(IMAGES)
    assert [one.answer for one in answers] == ["real", "ar"] * 3
    assert visitor.complaints() == []


def tap(visitor: Visitor, name: str, times: int = 1) -> None:
    rect = visitor.part(name).rect
    point = {"x": rect["x"] + rect["width"] / 2, "y": rect["y"] + rect["height"] / 2}
    for _ in range(times):
        visitor.browser.execute_cdp_cmd(
            "Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [point]}
        )
        visitor.browser.execute_cdp_cmd("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def test_a_double_tap_answers_one_photo(phone, served) -> None:
    visitor = Visitor(phone, served)
    visitor.visit()
    visitor.begin()
    phone.execute_script("const b = document.getElementById('ar'); b.click(); b.click(); b.click();")
    visitor.wait_for(2)
    assert len(visitor.answers(1)) == 1
    assert visitor.part("count").text == f"2 of {IMAGES}"


def test_answers_wait_while_the_server_is_away(phone, served) -> None:
    visitor = Visitor(phone, served)
    visitor.visit()
    visitor.begin()
    visitor.press("r")
    visitor.wait_for(2)
    visitor.answers(1)
    all_fetched(visitor)
    served.stop()
    photo = visitor.part("photo").rect
    for number in range(2, IMAGES + 1):
        visitor.wait_for(number)
        visitor.press("a")
        if number < IMAGES:
            visitor.wait(lambda n=number: f"{n - 1} answer" in visitor.part("offline").text)
            assert visitor.part("photo").rect == photo  # the note moves nothing
            assert phone.execute_script("return document.documentElement.scrollWidth") == PHONE["width"]
    visitor.wait(lambda: "No connection: 5 answers kept here" in visitor.part("sent").text)
    assert not visitor.part("next").is_displayed()
    assert len(served.store.answers()) == 1
    served.start()
    answers = visitor.answers(IMAGES)
    assert len(answers) == len({one.image for one in answers}) == IMAGES
    visitor.wait(lambda: "All your answers are stored" in visitor.part("sent").text)


def all_fetched(visitor: Visitor) -> None:
    """Waits until the browser has every photo."""
    script = (
        "return performance.getEntriesByType('resource')"
        ".filter(one => one.name.endsWith('.jpg') && one.responseEnd).length"
    )
    visitor.wait(lambda: visitor.browser.execute_script(script) == IMAGES)


def test_a_reloaded_page_goes_on_and_sends_what_waits(desktop, served) -> None:
    """Two answers are at the server, and two are in the browser as it goes away; the server comes back."""
    visitor = Visitor(desktop, served)
    visitor.visit()
    visitor.begin()
    for number in (1, 2):
        visitor.wait_for(number)
        visitor.press("r")
    visitor.answers(2)
    visitor.wait_for(3)
    all_fetched(visitor)
    served.stop()
    for number in (3, 4):
        visitor.wait_for(number)
        visitor.press("a")
    visitor.wait_for(5)
    desktop.get("about:blank")
    served.start()
    visitor.visit()
    assert f"You have answered 4 of {IMAGES}" in visitor.part("again").text
    assert len(visitor.answers(4)) == 4
    visitor.part("start").click()
    visitor.wait_for(5)
    visitor.press("r")
    answers = visitor.answers(5)
    assert len({one.participant for one in answers}) == 1
    assert [one.image for one in answers] == served.study.order(answers[0].participant)[:5]


def test_a_page_that_is_loaded_after_the_end_asks_nothing_and_lets_another_person_in(desktop, served) -> None:
    visitor = Visitor(desktop, served)
    visitor.visit()
    visitor.begin()
    visitor.press("r")
    (first,) = visitor.answers(1)
    for number, image in enumerate(served.study.order(first.participant)[1:]):
        served.store.add(replace(first, id=f"{number:032x}", image=image))
    visitor.visit()
    assert visitor.part("end").is_displayed() and not visitor.part("trial").is_displayed()
    visitor.part("next").click()
    visitor.wait(lambda: visitor.part("start").is_enabled())
    visitor.begin()
    visitor.press("a")
    answers = visitor.answers(IMAGES + 1)
    assert len({one.participant for one in answers}) == 2


def test_a_browser_without_storage_can_take_part(desktop, served) -> None:
    """Some private windows have none."""
    visitor = Visitor(desktop, served)
    script = {"source": "Object.defineProperty(window, 'localStorage', {get() { throw new Error('off'); }});"}
    added = desktop.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", script)
    try:
        visitor.visit()
        visitor.begin()
        visitor.press("a")
        visitor.wait_for(2)
        assert len(visitor.answers(1)) == 1
    finally:
        desktop.execute_cdp_cmd("Page.removeScriptToEvaluateOnNewDocument", added)


def test_a_server_that_lost_the_answers_gets_a_new_person(desktop, served, made, tmp_path) -> None:
    visitor = Visitor(desktop, served)
    visitor.visit()
    visitor.begin()
    visitor.press("a")
    visitor.answers(1)
    with AnswerStore(tmp_path / "new.sqlite3", served.study.name) as store:
        port = served.port
        served.stop()
        other = ServedStudy(Path(made.folder), store)
        other.port = port
        with other:
            visitor = Visitor(desktop, other)
            visitor.visit()
            assert not visitor.part("again").is_displayed()
            visitor.begin()
            visitor.press("r")
            assert len(visitor.answers(1)) == 1
        served.start()
