"""The graph of a run: its scheduler and threads for each kind of input."""

import pytest

from attention_mesh.cli.run import graph_choice
from attention_mesh.cli.run.graph_choice import choose_graph
from attention_mesh.framework import ValidatedGraph
from attention_mesh.python_bindings.landmarker.face_mesh_graph import face_mesh_graph_path


def choice(monkeypatch, cores, *, still=False, live=False, wanted=("landmarks",), threads=None):
    monkeypatch.setattr(graph_choice, "default_thread_count", lambda: cores)
    given = {} if threads is None else {"num_threads": threads}
    return choose_graph(None, still=still, live=live, wanted=set(wanted), given=given)


@pytest.mark.parametrize(
    ("cores", "input_kind", "wanted", "scheduler", "threads"),
    [
        (2, {}, ("landmarks",), "caller", 1),
        (2, {}, ("landmarks", "image"), "caller", 1),
        (2, {"still": True}, ("landmarks",), "pool", 1),
        (2, {"live": True}, ("image",), "caller", 0),
        (8, {}, ("landmarks",), "caller", 0),
        (8, {}, ("image",), "pool", 0),
        (8, {"still": True}, ("image",), "pool", 0),
        (8, {"live": True}, ("landmarks",), "caller", 0),
    ],
)
def test_each_kind_of_input_has_its_scheduler_and_threads(
    monkeypatch, cores, input_kind, wanted, scheduler, threads
):
    chosen = choice(monkeypatch, cores, wanted=wanted, **input_kind)
    assert chosen.graph.scheduler == scheduler
    assert chosen.lockstep == (scheduler == "caller")
    assert chosen.side_packets["num_threads"] == threads


def test_the_number_of_threads_that_the_user_gives_stays(monkeypatch):
    assert choice(monkeypatch, 2, threads=3).side_packets["num_threads"] == 3


def test_a_film_goes_through_the_face_mesh_in_sweeps(monkeypatch, astronaut):
    chosen = choice(monkeypatch, 2)
    assert chosen.lockstep and chosen.answers_at_once
    with chosen.graph as graph:
        for stream in chosen.ports.outputs:
            graph.observe_output_stream(stream, lambda packet: None)
        graph.start_run(chosen.side_packets)
        for index in range(3):
            graph.add_packet(chosen.ports.input, astronaut, index * 33_333)
            graph.wait_until_idle()
        assert graph._run.sweep.is_on


def test_a_users_graph_may_hold_frames_back():
    own = ValidatedGraph(face_mesh_graph_path("face_mesh"))
    chosen = choose_graph(own, still=False, live=True, wanted={"landmarks"}, given={})
    assert chosen.lockstep and not chosen.answers_at_once
