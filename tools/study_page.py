"""Picture and table of docs/study.md: `python tools/study_page.py` writes both.

The picture, docs/study.jpg, is the page of a study of the astronaut, in Chromium windows of a desktop and a
phone. It needs chromium, chromedriver and the extras `study` and `dev`. The table says how many answers and
people a study needs.
"""

from __future__ import annotations

import contextlib
import io
import math
import shutil
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
from PIL import Image
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.support.wait import WebDriverWait

from attention_mesh.cli.demo import astronaut_photo
from attention_mesh.cli.study.answer_store import AnswerStore
from attention_mesh.cli.study.make_study import StudyOptions, make_study
from attention_mesh.cli.study.proportions import answers_needed
from attention_mesh.cli.study.study_photos import photo_files_of_people
from attention_mesh.cli.study.study_report import PAPER_AR_FOR_REAL
from attention_mesh.cli.study.study_set import ANSWERS_FILE, image_bytes
from attention_mesh.cli.study.web_app import study_app
from attention_mesh.cli.study.web_server import make_server, open_socket
from attention_mesh.media.image_file import write_image
from attention_mesh.models.evaluation.markdown import markdown_table, write_section
from attention_mesh.python_bindings.landmarker.makeup import Makeup

DOCS = Path(__file__).resolve().parents[1] / "docs"
HEAD = (108, 4, 348, 244)  # left, top, right, bottom of the head in the photo, px
SCALE = 4  # of the photo before it is painted, so that the page's picture is sharp
DESKTOP = {"width": 1060, "height": 760, "pixelRatio": 1.0, "touch": False, "mobile": False}
PHONE = {"width": 390, "height": 760, "pixelRatio": 1.0, "touch": True, "mobile": True}
HALF_WIDTHS = (0.1, 0.05, 0.03)
IMAGES_PER_PERSON = (5, 10, 20)
CORRELATION = 0.1  # of two answers of one person
CONFIDENCE = 0.95


def needed_table() -> str:
    """The answers and people that make an interval so narrow at the paper's share, as Markdown."""
    rows = []
    for half_width in HALF_WIDTHS:
        answers = answers_needed(PAPER_AR_FOR_REAL, half_width, CONFIDENCE)
        people = [
            # The design effect of equally large clusters, L. Kish 1965.
            math.ceil(answers * (1 + (images - 1) * CORRELATION) / images)
            for images in IMAGES_PER_PERSON
        ]
        rows.append([f"±{100 * half_width:.0f} points", str(answers), *map(str, people)])
    head = ["interval", "independent answers", *(f"people, {n} AR images each" for n in IMAGES_PER_PERSON)]
    return markdown_table(head, rows)


@contextlib.contextmanager
def served_study(folder: Path) -> Iterator[str]:
    """Serves a study of two portraits of the astronaut, one with each kind of makeup; yields the address."""
    left, top, right, bottom = HEAD
    photo = cv2.resize(
        astronaut_photo()[top:bottom, left:right], None, fx=SCALE, fy=SCALE, interpolation=cv2.INTER_CUBIC
    )
    for side, image in (("real", photo[:, ::-1]), ("bare", photo)):
        (folder / side).mkdir()
        write_image(folder / side / "eileen.png", image)
    real, bare = (photo_files_of_people(folder / side, side) for side in ("real", "bare"))
    look = {"red_matte": Makeup("red_matte")}
    made = make_study(real, bare, look, StudyOptions(seed=1), folder / "study")
    images = image_bytes(folder / "study", made.study)
    with (
        open_socket("127.0.0.1", 0) as opened,
        AnswerStore(folder / "study" / ANSWERS_FILE, made.study.name) as store,
    ):
        server = make_server(study_app(made.study, images, store))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [opened]})
        thread.start()
        while not server.started:
            time.sleep(0.01)
        try:
            yield f"http://127.0.0.1:{opened.getsockname()[1]}/"
        finally:
            server.should_exit = True
            thread.join()


def shown(url: str, metrics: dict, begin: bool) -> np.ndarray:
    """(H, W, 3) uint8 RGB: the page in a window, with the instructions, or after a click on Start."""
    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium") or "chromium"
    for argument in ("headless=new", "no-sandbox", "disable-gpu", "hide-scrollbars", "window-size=1400,1000"):
        options.add_argument(f"--{argument}")
    options.add_experimental_option("mobileEmulation", {"deviceMetrics": metrics})
    service = webdriver.ChromeService(shutil.which("chromedriver") or "chromedriver")
    with webdriver.Chrome(options, service) as browser:
        browser.get(url)
        wait = WebDriverWait(browser, 20)
        wait.until(lambda _: browser.find_element(By.ID, "start").is_enabled())
        if begin:
            browser.find_element(By.ID, "start").click()
            wait.until(lambda _: browser.find_element(By.ID, "real").is_enabled())
        picture = Image.open(io.BytesIO(browser.get_screenshot_as_png()))
    return np.asarray(picture.convert("RGB"))


def picture() -> np.ndarray:
    """(760, 1480, 3) uint8 RGB: a desktop with a photo, and a phone with the instructions."""
    with tempfile.TemporaryDirectory() as folder, served_study(Path(folder)) as url:
        desktop, phone = shown(url, DESKTOP, begin=True), shown(url, PHONE, begin=False)
    gap = np.full((desktop.shape[0], 30, 3), 255, np.uint8)
    return np.hstack([desktop, gap, phone])


def main() -> None:
    path = DOCS / "study.jpg"
    write_section(DOCS / "study.md", "tools/study_page.py", needed_table())
    Image.fromarray(picture()).save(path, quality=88, optimize=True)
    print(f"wrote {path.relative_to(DOCS.parent)} ({path.stat().st_size} bytes)")


if __name__ == "__main__":
    main()
