"""What all senders of a face have in common."""

import pytest

from attention_mesh.calculators.output.streaming.face_sender import FaceSender
from attention_mesh.framework import calculator
from attention_mesh.framework.testing import run_calculator
from attention_mesh.tests.calculators.output.faces import coefficients, pose
from attention_mesh.tests.calculators.output.receivers import receiver


def test_a_sender_without_packets_cannot_be_made():
    class Mute(FaceSender):
        default_port = 9

    with pytest.raises(TypeError, match="abstract method '?packets"):
        Mute()


def test_a_protocol_is_a_port_and_its_packets():
    @calculator
    class TimeSenderCalculator(FaceSender):
        default_port = 9

        def packets(self, face, time_s):
            return [f"{time_s:g} {face is not None}".encode()]

    with receiver() as peer:
        inputs = {
            "BLENDSHAPES": [(40_000, coefficients()), (80_000, coefficients())],
            "POSES": [(80_000, pose())],
        }
        run_calculator("TimeSenderCalculator", inputs, {"ADDRESS": peer.address})
        assert peer.datagrams(2) == [b"0 False", b"0.04 True"]
