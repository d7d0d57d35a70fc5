"""What a study found: a small one that can be counted by hand, and studies without answers."""

from __future__ import annotations

import csv
import io
import json

import pytest

from attention_mesh.cli.study.answer_store import Answer
from attention_mesh.cli.study.proportions import wilson_interval
from attention_mesh.cli.study.report_text import answers_csv, report_json, report_text
from attention_mesh.cli.study.study_report import StudyReport, study_report
from attention_mesh.cli.study.study_set import StudyImage, StudySet

KINDS = {"a": ("ar", "gloss"), "b": ("ar", "matte"), "c": ("real", None), "d": ("real", None)}
STUDY = StudySet(
    3,
    64,
    90,
    "0.1.0",
    tuple(
        StudyImage(name * 32, kind, look, f"p{name}", f"{name}.jpg") for name, (kind, look) in KINDS.items()
    ),
)
# Of each person the answers to images a, b, c and d: r for real, a for AR, . for none.
GIVEN = {"one": "rara", "two": "rraa", "three": "a.r.", "four": "arrr"}


def answers(given: dict[str, str]) -> list[Answer]:
    words = {"r": "real", "a": "ar"}
    return [
        Answer(f"{len(person)}{image}", person, image * 32, words[letter], 1000 * (turn + 1))
        for turn, (person, letters) in enumerate(given.items())
        for image, letter in zip(KINDS, letters, strict=True)
        if letter != "."
    ]


@pytest.fixture
def found() -> StudyReport:
    return study_report(STUDY, answers(GIVEN))


def test_shares_are_those_that_one_counts(found) -> None:
    assert (found.answers, found.people) == (14, 4)
    assert found.answers_of_people == {2: 1, 4: 3}
    counted = {
        "AR for real": found.ar_for_real,  # a: r r a a; b: a r . r
        "real for AR": found.real_for_ar,  # c: r a r r; d: a a . r
        "real for real": found.real_for_real,
        "right": found.right,
        "gloss": found.looks["gloss"],
        "matte": found.looks["matte"],
    }
    assert {name: (share.hits, share.answers, share.people) for name, share in counted.items()} == {
        "AR for real": (4, 7, 4),
        "real for AR": (3, 7, 4),
        "real for real": (4, 7, 4),
        "right": (7, 14, 4),
        "gloss": (2, 4, 4),
        "matte": (2, 3, 3),
    }
    assert found.difference == pytest.approx(0)
    images = {result.image.name[0]: result.taken_for_real for result in found.images}
    assert {name: (share.hits, share.answers) for name, share in images.items()} == {
        "a": (2, 4),
        "b": (2, 3),
        "c": (3, 4),
        "d": (1, 3),
    }


def test_intervals_belong_to_the_shares(found) -> None:
    assert found.ar_for_real.wilson == wilson_interval(4, 7, 0.95)
    low, high = found.ar_for_real.over_people
    assert 0 <= low < 4 / 7 < high <= 1
    assert study_report(STUDY, answers(GIVEN), 0.8).ar_for_real.wilson == wilson_interval(4, 7, 0.8)
    assert study_report(STUDY, answers(GIVEN)) == found  # the bootstrap repeats


def test_times_are_medians(found) -> None:
    assert found.median_ms == {"ar": 2000, "real": 2000}
    assert {result.image.name[0]: result.median_ms for result in found.images}["b"] == 2000


def test_the_text_has_the_papers_figures_each_beside_its_own(found) -> None:
    rows = [
        [cell.strip() for cell in line.strip("| ").split(" | ")]
        for line in report_text(STUDY, found).splitlines()
        if line.startswith("|")
    ]
    by_name = {row[0]: row for row in rows}
    assert by_name["AR taken for real"][1:3] == ["4 of 7", "57.1 %"]
    assert by_name["AR taken for real"][-1] == "46 %"
    assert by_name["real taken for AR"][1:3] == ["3 of 7", "42.9 %"]
    assert by_name["real taken for AR"][-1] == "38 %"
    text = report_text(STUDY, found)
    assert text.startswith("14 answers of 4 people to 4 images, 2 with real and 2 with AR makeup.")
    assert "3 people answered all images" in text
    assert "With fewer than 10 people, the interval over people is too narrow." in text


def test_no_answers_are_said_to_be_none() -> None:
    nothing = study_report(STUDY, [])
    assert report_text(STUDY, nothing).startswith("No answers yet")
    assert "%" not in report_text(STUDY, nothing)
    document = json.loads(report_json(STUDY, nothing))
    assert document["answers"] == document["people"] == 0
    assert document["ar_for_real"]["share"] is None and document["difference"] is None
    assert answers_csv(STUDY, []).count("\n") == 1


def test_answers_to_one_kind_leave_the_other_open() -> None:
    half = study_report(STUDY, answers({"one": "ra..", "two": "rr.."}))
    assert half.real_for_ar.value is None and half.difference is None
    assert "| real taken for AR   | 0 of 0  | –" in report_text(STUDY, half)


def test_one_person_has_no_interval_over_people() -> None:
    one = study_report(STUDY, answers({"one": "rara"}))
    assert one.ar_for_real.over_people is None and one.difference_over_people is None
    assert report_text(STUDY, one).startswith("4 answers of 1 person to 4 images")


def test_many_answers_say_how_many_would_be_enough() -> None:
    given = {f"person {index}": "rara" if index % 2 else "arra" for index in range(30)}
    text = report_text(STUDY, study_report(STUDY, answers(given)))
    assert "For ±5 points, about 390 answers to AR images are needed at this share." in text


def test_the_json_has_what_the_report_has(found) -> None:
    document = json.loads(report_json(STUDY, found))
    assert document["ar_for_real"]["share"] == pytest.approx(4 / 7)
    assert document["paper"] == {"ar_for_real": 0.46, "real_for_ar": 0.38, "images": 10, "people": 80}
    assert [image["name"][0] for image in document["images"]] == ["a", "b", "c", "d"]


def test_the_csv_has_a_row_per_answer_with_its_key(found) -> None:
    rows = list(csv.DictReader(io.StringIO(answers_csv(STUDY, answers(GIVEN)))))
    assert len(rows) == 14
    assert {row["kind"] for row in rows} == {"real", "ar"}
    first = rows[0]
    assert (first["participant"], first["image"], first["look"]) == ("one", "a" * 32, "gloss")
    assert (first["answer"], first["response_ms"], first["source"]) == ("real", "1000", "a.jpg")
    order = STUDY.order("one")
    assert [row["position"] for row in rows[:4]] == [str(order.index(n * 32) + 1) for n in KINDS]


def test_the_command_reports_and_writes(made, run_study, tmp_path) -> None:
    code, text = run_study("report", made.folder)
    assert code == 0 and text.startswith("No answers yet")
    assert not (made.folder / "answers.sqlite3").exists()
    files = tmp_path / "new" / "report.json", tmp_path / "answers.csv"
    code, text = run_study("report", made.folder, "--json", files[0], "--csv", files[1])
    assert code == 0 and json.loads(files[0].read_text())["images_of_study"] == 6
    assert files[1].read_text().startswith("participant,position,image,kind")


def test_wrong_input_of_the_command_is_one_error(made, run_study, tmp_path) -> None:
    key = (made.folder / "key.json").read_bytes()
    cases = {
        ("absent",): (1, "no study is here"),
        (made.folder, "--json", made.folder / "key.json"): (2, "that is a file of the study"),
        (made.folder, "--csv", made.folder / "answers.sqlite3"): (2, "that is a file of the study"),
        (made.folder, "--csv", tmp_path): (1, "Is a directory"),
        (made.folder, "--csv", tmp_path / "a", "--json", tmp_path / "a"): (2, "are one file"),
        (made.folder, "--confidence", 2): (2, "0.999"),
    }
    for arguments, (expected, error) in cases.items():
        code, text = run_study("report", *arguments)
        assert code == expected, text
        assert error in " ".join(text.replace("│", " ").split()), text
    assert (made.folder / "key.json").read_bytes() == key
