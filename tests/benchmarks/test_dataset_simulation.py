"""The simulation of a dataset's bookkeeping: it loses and doubles nothing, and would notice if it did."""

import dataclasses

from attention_mesh.benchmarks import dataset_simulation


def test_thousands_of_faults_lose_and_double_no_film():
    faults, problems = dataset_simulation.simulate(workers=200, films=5000, seed=1)
    assert problems == []
    happened = " ".join(faults.counts)
    for what in (
        "drivers that died",
        "films that changed",
        "outlived their driver",
        "a second time",
        "got lost",
    ):
        assert what in happened


def test_a_plan_that_leaves_doubled_films_alone_would_be_noticed(monkeypatch):
    real = dataset_simulation.make_plan

    def careless(sources, manifest, **options):
        once = {row["source"]: row for row in manifest}  # whichever part comes last counts
        return dataclasses.replace(real(sources, once.values(), **options))

    monkeypatch.setattr(dataset_simulation, "make_plan", careless)
    _, problems = dataset_simulation.simulate(workers=200, films=5000, seed=1)
    assert any(text.endswith("2 times") for text in problems)
