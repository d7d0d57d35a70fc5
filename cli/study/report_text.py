"""A study's report as text, as JSON and as a table of answers."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from attention_mesh.cli.study.answer_store import Answer
from attention_mesh.cli.study.proportions import Interval, answers_needed
from attention_mesh.cli.study.study_report import (
    PAPER_AR_FOR_REAL,
    PAPER_REAL_FOR_AR,
    Share,
    StudyReport,
)
from attention_mesh.cli.study.study_set import StudySet
from attention_mesh.models.evaluation.markdown import markdown_table

_FEW_PEOPLE = 10
_AIM = 0.05  # half the width of an interval that is narrow enough to compare with the paper
_COLUMNS = ("participant", "position", "image", "kind", "look", "person", "source", "answer", "response_ms")


def report_text(study: StudySet, report: StudyReport) -> str:
    """The report for a terminal, as Markdown."""
    if not report.answers:
        return "No answers yet, so there is nothing to report. `attention-mesh study serve` asks people."
    per_kind = len(study.images) // 2
    finished = report.answers_of_people.get(len(study.images), 0)
    lines = [
        f"{_count(report.answers, 'answer')} of {_count(report.people, 'person', 'people')} to "
        f"{len(study.images)} images, {per_kind} with real and {per_kind} with AR makeup. "
        f"{_count(finished, 'person', 'people')} answered all images.",
        "",
        _main_table(report),
        "",
        *_notes(report),
        "",
        "## Looks",
        "",
        markdown_table(
            ["AR makeup taken for real", *_head(report)],
            [[look, *_cells(share)] for look, share in report.looks.items()],
        ),
        "",
        "## Images",
        "",
        markdown_table(
            [
                "image",
                "kind",
                "look",
                "photo",
                "taken for real",
                "share",
                _interval_name(report),
                "median time",
            ],
            [
                [
                    result.image.name[:8],
                    result.image.kind,
                    result.image.look or "",
                    result.image.source,
                    _hits(result.taken_for_real),
                    _percent(result.taken_for_real.value),
                    _span(result.taken_for_real.wilson),
                    "–" if result.median_ms is None else f"{result.median_ms / 1000:.1f} s",
                ]
                for result in report.images
            ],
        ),
        "",
        "## People",
        "",
        markdown_table(
            ["answers given", "people"],
            [[str(number), str(people)] for number, people in report.answers_of_people.items()],
        ),
    ]
    return "\n".join(lines)


def report_json(study: StudySet, report: StudyReport) -> str:
    """The report for programs: the attributes of `StudyReport`, and the paper's figures."""

    def share(given: Share) -> dict[str, Any]:
        return {**asdict(given), "share": given.value}

    document = {
        "confidence": report.confidence,
        "answers": report.answers,
        "people": report.people,
        "answers_of_people": report.answers_of_people,
        "images_of_study": len(study.images),
        "ar_for_real": share(report.ar_for_real),
        "real_for_ar": share(report.real_for_ar),
        "real_for_real": share(report.real_for_real),
        "right": share(report.right),
        "difference": report.difference,
        "difference_over_people": report.difference_over_people,
        "paper": {
            "ar_for_real": PAPER_AR_FOR_REAL,
            "real_for_ar": PAPER_REAL_FOR_AR,
            "images": 10,
            "people": 80,
        },
        "median_ms": report.median_ms,
        "looks": {look: share(given) for look, given in report.looks.items()},
        "images": [
            {
                **asdict(result.image),
                "taken_for_real": share(result.taken_for_real),
                "median_ms": result.median_ms,
            }
            for result in report.images
        ],
    }
    return json.dumps(document, indent=1) + "\n"


def answers_csv(study: StudySet, answers: Sequence[Answer]) -> str:
    """One row per answer, for programs of statistics; `position` counts from 1 in the person's own order."""
    images = {image.name: image for image in study.images}
    orders = {answer.participant: study.order(answer.participant) for answer in answers}
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(_COLUMNS)
    for answer in answers:
        image = images[answer.image]
        position = orders[answer.participant].index(answer.image) + 1
        writer.writerow(
            [
                *(answer.participant, position, image.name, image.kind, image.look or "", image.person),
                *(image.source, answer.answer, answer.response_ms),
            ]
        )
    return text.getvalue()


def _main_table(report: StudyReport) -> str:
    rows = [
        ["AR taken for real", *_cells(report.ar_for_real), _percent(PAPER_AR_FOR_REAL, 0)],
        ["real taken for AR", *_cells(report.real_for_ar), _percent(PAPER_REAL_FOR_AR, 0)],
        ["real taken for real", *_cells(report.real_for_real), _percent(1 - PAPER_REAL_FOR_AR, 0)],
        ["right answers", *_cells(report.right), ""],
        [
            "difference",
            "",
            _points(report.difference),
            "",
            "–"
            if report.difference_over_people is None
            else " to ".join(_points(bound) for bound in report.difference_over_people),
            _points(PAPER_AR_FOR_REAL - (1 - PAPER_REAL_FOR_AR), 0),
        ],
    ]
    return markdown_table(["", *_head(report), "paper"], rows)


def _notes(report: StudyReport) -> list[str]:
    lines = [
        "The paper (arXiv 2006.10962) showed ten images to 80 people: they took 46 % of the AR samples for "
        "real, and 38 % of the real ones for AR, so 62 % for real. The difference, in points, is AR taken "
        "for real less real taken for real. It is 0 if people cannot tell the kinds apart.",
        "",
        f"The {_interval_name(report)} (Wilson) takes all answers as independent. The one over people does "
        "not: it is a bootstrap over people. Both say how other people would answer to these images, not "
        "what other images would give.",
    ]
    if report.people < _FEW_PEOPLE:
        lines += ["", f"With fewer than {_FEW_PEOPLE} people, the interval over people is too narrow."]
    elif (needed := _needed(report)) is not None:
        lines += [
            "",
            f"For ±{100 * _AIM:.0f} points, about {needed} answers to AR images are needed at this share.",
        ]
    return lines


def _needed(report: StudyReport) -> int | None:
    """Answers to AR images for an interval of ±`_AIM`; None if these are enough or too few to say."""
    share = report.ar_for_real
    if share.value is None or share.wilson is None or share.over_people is None:
        return None
    width = share.wilson.high - share.wilson.low
    # The design effect: how many dependent answers are worth one independent one.
    effect = max(1.0, ((share.over_people.high - share.over_people.low) / width) ** 2)
    needed = 10 * math.ceil(answers_needed(share.value, _AIM, report.confidence) * effect / 10)
    return needed if needed > share.answers else None


def _head(report: StudyReport) -> list[str]:
    return ["answers", "share", _interval_name(report), "over people"]


def _interval_name(report: StudyReport) -> str:
    return f"{100 * report.confidence:g} % interval"


def _cells(share: Share) -> list[str]:
    return [_hits(share), _percent(share.value), _span(share.wilson), _span(share.over_people)]


def _hits(share: Share) -> str:
    return f"{share.hits} of {share.answers}"


def _percent(value: float | None, digits: int = 1) -> str:
    return "–" if value is None else f"{100 * value:.{digits}f} %"


def _points(value: float | None, digits: int = 1) -> str:
    return "–" if value is None else f"{100 * value:+.{digits}f}".replace("-", "−")


def _span(interval: Interval | None) -> str:
    return "–" if interval is None else f"{100 * interval.low:.1f} to {100 * interval.high:.1f} %"


def _count(number: int, one: str, many: str = "") -> str:
    return f"{number} {one if number == 1 else many or one + 's'}"
