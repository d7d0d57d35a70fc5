"""A stream at a steady rate."""

import pytest

from attention_mesh.framework import CalculatorError, ConfigError
from attention_mesh.framework.protos import message_class, parse_text
from attention_mesh.framework.testing import run_calculator
from attention_mesh.framework.timestamps import PRE_STREAM
from attention_mesh.media.video_header import VideoHeader

NAME = "PacketResamplerCalculator"


def resampled(*timestamps: int, options: str = "frame_rate: 10", **more) -> list[tuple[int, int]]:
    """(timestamp, value) in ms of packets at `timestamps`, whose value is their timestamp."""
    inputs = {"DATA": [(1000 * timestamp, timestamp) for timestamp in timestamps]}
    run = run_calculator(NAME, inputs, options=options, outputs=["DATA"], **more)
    return [(packet.timestamp // 1000, packet.value) for packet in run.packets("DATA")]


def test_a_faster_stream_is_thinned_to_the_nearest_packets():
    # 100 is nearer to 90 than to 120, 200 to 210 than to 190.
    assert resampled(0, 30, 60, 90, 120, 195, 204, 300) == [(0, 0), (100, 90), (200, 204), (300, 300)]


def test_a_slower_stream_is_repeated():
    assert resampled(0, 320) == [(0, 0), (100, 0), (200, 0), (300, 320)]


def test_the_later_of_two_as_near_is_sent():
    assert resampled(0, 90, 110) == [(0, 0), (100, 110)]


def test_the_last_packet_is_sent_at_the_end_where_its_period_has_had_none():
    assert resampled(0, 80) == [(0, 0), (100, 80)]
    assert resampled(0, 80, options="frame_rate: 10 flush_last_packet: false") == [(0, 0)]


def test_sampling_times_may_start_from_a_base():
    assert resampled(130, 210, options="frame_rate: 10 base_timestamp: 0") == [(100, 130), (200, 210)]


def test_a_rate_without_whole_periods_does_not_drift():
    run = run_calculator(NAME, {"": [(0, "a"), (3_000_000, "b")]}, options="frame_rate: 30", outputs=[""])
    times = [packet.timestamp for packet in run.packets("")]
    assert len(times) == 91 and times[1:4] == [33333, 66667, 100000] and times[-1] == 3_000_000


def test_limits_leave_samples_out():
    options = "frame_rate: 10 start_time: 90000 end_time: 300000"
    assert [time for time, _ in resampled(0, 100, 200, 300, 400, options=options)] == [100, 200]
    wide = [time for time, _ in resampled(0, 100, 200, 300, 400, options=options + " round_limits: true")]
    assert wide == [100, 200, 300]


def test_the_header_is_told_the_new_rate():
    run = run_calculator(
        NAME,
        {"DATA": [(0, "a")], "VIDEO_HEADER": [(PRE_STREAM, VideoHeader(64, 48, 25.0))]},
        options="frame_rate: 10",
        outputs=["DATA", "VIDEO_HEADER"],
    )
    assert run.values("VIDEO_HEADER") == [VideoHeader(64, 48, 10.0)]


def test_a_side_packet_replaces_options():
    given = parse_text(
        "[mediapipe.PacketResamplerCalculatorOptions.ext] { frame_rate: 5 }",
        message_class("mediapipe.CalculatorOptions")(),
    )
    assert resampled(0, 200, side={"OPTIONS": given}) == [(0, 0), (200, 200)]


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ("", CalculatorError, "frame_rate is -1.0; expected above 0"),
        ("frame_rate: 10 jitter: 0.5", ConfigError, "jitter is not supported"),
        ("frame_rate: 10 use_input_frame_rate: true", ConfigError, "use_input_frame_rate is not supported"),
    ],
)
def test_what_it_cannot_do_is_refused(options, error, message):
    with pytest.raises(error, match=message):
        resampled(0, options=options)


def test_one_input_of_data_is_needed():
    with pytest.raises(ConfigError, match="0 inputs hold data"):
        run_calculator(NAME, {"VIDEO_HEADER": []}, options="frame_rate: 10", outputs=["DATA"])
