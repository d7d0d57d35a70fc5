"""What a study found: shares of answers with their intervals, by kind, look and image."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from attention_mesh.cli.study.answer_store import Answer
from attention_mesh.cli.study.proportions import (
    Interval,
    difference_interval,
    people_interval,
    wilson_interval,
)
from attention_mesh.cli.study.study_set import Kind, StudyImage, StudySet

# Section 5 of arXiv 2006.10962: ten images, 80 people.
PAPER_AR_FOR_REAL = 0.46
PAPER_REAL_FOR_AR = 0.38


@dataclass(frozen=True)
class Share:
    """A share of answers.

    Attributes:
      hits: answers that count.
      answers: all answers.
      people: who gave them.
      wilson: interval that takes answers as independent; None without answers.
      over_people: interval that does not; None for fewer than two people, and of a single image.
    """

    hits: int
    answers: int
    people: int
    wilson: Interval | None
    over_people: Interval | None

    @property
    def value(self) -> float | None:
        """0 to 1; None without answers."""
        return self.hits / self.answers if self.answers else None


@dataclass(frozen=True)
class ImageResult:
    """The answers to one image.

    Attributes:
      image: which.
      taken_for_real: of all its answers.
      median_ms: median response time in milliseconds; None without answers.
    """

    image: StudyImage
    taken_for_real: Share
    median_ms: float | None


@dataclass(frozen=True)
class StudyReport:
    """What a study found so far.

    Attributes:
      confidence: of all intervals.
      answers: how many there are.
      people: how many gave at least one.
      answers_of_people: number of answers → number of people who gave so many.
      ar_for_real: AR images that were taken for real; the paper found 46 %.
      real_for_ar: real images that were taken for AR; the paper found 38 %.
      real_for_real: the rest of the real images.
      right: answers that name what an image is; guesses are right half of the time.
      difference: `ar_for_real` less `real_for_real`, 0 if people cannot tell; None without answers to both.
      difference_over_people: its interval by a bootstrap over people.
      looks: look → AR images with it that were taken for real.
      images: of every image, in the order of kinds, looks and shares.
      median_ms: kind → median response time in milliseconds; None without answers.
    """

    confidence: float
    answers: int
    people: int
    answers_of_people: dict[int, int]
    ar_for_real: Share
    real_for_ar: Share
    real_for_real: Share
    right: Share
    difference: float | None
    difference_over_people: Interval | None
    looks: dict[str, Share]
    images: tuple[ImageResult, ...]
    median_ms: dict[Kind, float | None]


def study_report(study: StudySet, answers: Sequence[Answer], confidence: float = 0.95) -> StudyReport:
    """Counts the answers of a study.

    Args:
      study: its images.
      answers: to these images, at most one of a person to an image.
      confidence: of the intervals, between 0 and 1.
    """
    people = sorted({answer.participant for answer in answers})
    rows = {person: row for row, person in enumerate(people)}
    columns = {image.name: column for column, image in enumerate(study.images)}
    asked = np.zeros((len(people), len(columns)), int)  # 1 where a person has answered an image
    for_real = np.zeros_like(asked)  # 1 where they took it for real
    times = np.full(asked.shape, np.nan)
    for answer in answers:
        place = rows[answer.participant], columns[answer.image]
        asked[place], for_real[place] = 1, answer.answer == "real"
        times[place] = answer.response_ms
    is_ar = np.array([image.kind == "ar" for image in study.images])
    looks = np.array([image.look or "" for image in study.images])

    def share(hits: np.ndarray, which: np.ndarray, over_people: bool = True) -> Share:
        """Of the answers to the images where `which`, (I,) bool, is true."""
        hit, count = hits[:, which].sum(axis=1), asked[:, which].sum(axis=1)
        total, of = int(hit.sum()), int(count.sum())
        return Share(
            total,
            of,
            int((count > 0).sum()),
            wilson_interval(total, of, confidence) if of else None,
            people_interval(hit, count, confidence) if of and over_people else None,
        )

    ar_for_real, real_for_real = share(for_real, is_ar), share(for_real, ~is_ar)
    for_ar = asked - for_real
    difference = None
    if ar_for_real.value is not None and real_for_real.value is not None:
        difference = ar_for_real.value - real_for_real.value
    ar_hits, ar_asked = for_real[:, is_ar].sum(axis=1), asked[:, is_ar].sum(axis=1)
    real_hits, real_asked = for_real[:, ~is_ar].sum(axis=1), asked[:, ~is_ar].sum(axis=1)
    results = (
        ImageResult(
            image,
            share(for_real, np.arange(len(columns)) == column, over_people=False),
            _median(times[:, column]),
        )
        for column, image in enumerate(study.images)
    )
    return StudyReport(
        confidence,
        len(answers),
        len(people),
        dict(sorted(Counter(asked.sum(axis=1).tolist()).items())),
        ar_for_real,
        share(for_ar, ~is_ar),
        real_for_real,
        share(np.where(is_ar, for_ar, for_real), np.ones_like(is_ar)),
        difference,
        None
        if difference is None
        else difference_interval(ar_hits, ar_asked, real_hits, real_asked, confidence),
        {look: share(for_real, looks == look) for look in sorted({*looks.tolist()} - {""})},
        tuple(sorted(results, key=_rank)),
        {"real": _median(times[:, ~is_ar]), "ar": _median(times[:, is_ar])},
    )


def _median(times: np.ndarray) -> float | None:
    there = times[~np.isnan(times)]
    return float(np.median(there)) if there.size else None


def _rank(result: ImageResult) -> tuple[str, str, float, str]:
    value = result.taken_for_real.value
    return result.image.kind, result.image.look or "", 1.0 if value is None else -value, result.image.name
