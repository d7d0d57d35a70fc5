import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from google.protobuf import descriptor_pb2, descriptor_pool

from attention_mesh.framework import protos
from attention_mesh.framework.protos import POOL, add_file, message_class, message_to_text, parse_text
from attention_mesh.tests.framework import peer_messages

try:
    import attention_mesh.calculators  # noqa: F401  (registers the calculators' messages)
except ImportError:  # the framework's tests also run without the other rooms
    pass

# Field numbers of MediaPipe's framework messages, which give a serialized graph its meaning.
NUMBERS = {
    "CalculatorGraphConfig": "node=1 packet_factory=6 packet_generator=7 num_threads=8 status_handler=9 "
    "input_stream=10 max_queue_size=11 input_stream_handler=12 output_stream_handler=13 executor=14 "
    "output_stream=15 input_side_packet=16 output_side_packet=17 profiler_config=18 package=19 type=20 "
    "report_deadlock=21 runtime_info=22 options=1001 graph_options=1002",
    "CalculatorGraphConfig.Node": "name=1 calculator=2 input_stream=3 output_stream=4 input_side_packet=5 "
    "output_side_packet=6 options=7 node_options=8 source_layer=9 buffer_size_hint=10 "
    "input_stream_handler=11 output_stream_handler=12 input_stream_info=13 executor=14 profiler_config=15 "
    "max_in_flight=16 option_value=17 external_input=1005",
    "ExecutorConfig": "name=1 type=2 options=3",
    "InputStreamInfo": "tag_index=1 back_edge=2",
    "ProfilerConfig": "histogram_interval_size_usec=1 num_histogram_intervals=2 "
    "enable_input_output_latency=3 enable_profiler=4 enable_stream_latency=5 "
    "use_packet_timestamp_for_added_packet=6 trace_log_capacity=7 trace_event_types_disabled=8 "
    "trace_log_path=9 trace_log_count=10 trace_log_interval_usec=11 trace_log_margin_usec=12 "
    "trace_log_duration_events=13 trace_log_interval_count=14 trace_log_disabled=15 trace_enabled=16 "
    "trace_log_instant_events=17 calculator_filter=18",
    "GraphRuntimeInfoConfig": "enable_graph_runtime_info=1 capture_period_msec=2",
    "CalculatorOptions": "merge_fields=1",
    "MediaPipeOptions": "",
    "PacketFactoryOptions": "",
    "PacketFactoryConfig": "packet_factory=1 output_side_packet=2 options=3 external_output=1002",
    "PacketGeneratorOptions": "merge_fields=1",
    "PacketGeneratorConfig": "packet_generator=1 input_side_packet=2 output_side_packet=3 options=4 "
    "external_input=1002 external_output=1003",
    "StatusHandlerConfig": "status_handler=1 input_side_packet=2 options=3 external_input=1002",
    "InputStreamHandlerConfig": "input_stream_handler=1 options=3",
    "OutputStreamHandlerConfig": "output_stream_handler=1 input_side_packet=2 options=3",
    "DefaultInputStreamHandlerOptions": "batch_size=1",
    "FixedSizeInputStreamHandlerOptions": "trigger_queue_size=1 target_queue_size=2 fixed_min_size=3",
    "SyncSetInputStreamHandlerOptions": "sync_set=1",
    "SyncSetInputStreamHandlerOptions.SyncSet": "tag_index=1",
    "TimestampAlignInputStreamHandlerOptions": "timestamp_base_tag_index=1",
    "ThreadPoolExecutorOptions": "num_threads=1 stack_size=2 nice_priority_level=3 "
    "require_processor_performance=4 thread_name_prefix=5",
}
EXTENSIONS = {
    "DefaultInputStreamHandlerOptions": 164312821,
    "FixedSizeInputStreamHandlerOptions": 125744319,
    "SyncSetInputStreamHandlerOptions": 155816273,
    "TimestampAlignInputStreamHandlerOptions": 190104979,
    "ThreadPoolExecutorOptions": 157116819,
}


def own_messages() -> dict:
    """Full name -> descriptor of every `mediapipe` message of the package's pool."""
    protos.load_pending()
    found = {}

    def walk(descriptor) -> None:
        found[descriptor.full_name] = descriptor
        for nested in descriptor.nested_types:
            walk(nested)

    for name in protos._loaded_files:
        file = POOL.FindFileByName(name)
        if file.package == "mediapipe":
            for descriptor in file.message_types_by_name.values():
                walk(descriptor)
    return found


@pytest.mark.parametrize("name", NUMBERS)
def test_framework_message_has_mediapipes_field_names_and_numbers(name):
    fields = message_class(f"mediapipe.{name}").DESCRIPTOR.fields
    found = sorted((field.number, field.name) for field in fields)
    assert " ".join(f"{field}={number}" for number, field in found) == NUMBERS[name]


def test_number_table_covers_every_framework_message():
    files = {d.full_name: d.file.name for d in own_messages().values()}
    in_framework = {n for n, file in files.items() if file.startswith("attention_mesh/framework/proto/")}
    assert in_framework == {f"mediapipe.{name}" for name in NUMBERS}


@pytest.mark.parametrize("name", EXTENSIONS)
def test_handler_and_executor_options_extend_mediapipe_options_under_its_numbers(name):
    (extension,) = message_class(f"mediapipe.{name}").DESCRIPTOR.extensions
    assert extension.name == "ext"
    assert extension.number == EXTENSIONS[name]
    assert extension.containing_type.full_name == "mediapipe.MediaPipeOptions"


def test_messages_stay_out_of_the_default_pool_where_mediapipe_would_clash_with_them():
    message_class("mediapipe.CalculatorGraphConfig")
    with pytest.raises(KeyError):
        descriptor_pool.Default().FindMessageTypeByName("mediapipe.CalculatorGraphConfig")


def test_unknown_message_is_a_key_error():
    with pytest.raises(KeyError):
        message_class("mediapipe.NoSuchMessage")


def test_text_of_a_message_with_any_reads_back_as_the_same_message():
    text = """node {
      calculator: "A"
      node_options {
        [type.googleapis.com/mediapipe.ThreadPoolExecutorOptions] { num_threads: 3 }
      }
    }"""
    config = parse_text(text, message_class("mediapipe.CalculatorGraphConfig")())
    written = message_to_text(config)
    assert "num_threads: 3" in written
    assert parse_text(written, message_class("mediapipe.CalculatorGraphConfig")()) == config


def test_file_of_the_same_name_with_other_messages_is_refused():
    def file(field_name: str):
        made = descriptor_pb2.FileDescriptorProto(
            name="attention_mesh/dynamic/refused.proto", package="attention_mesh"
        )
        message = made.message_type.add(name="RefusedOptions")
        message.field.add(name=field_name, number=1, type=3, label=1)
        return made

    add_file(file("first"))
    add_file(file("first"))
    with pytest.raises(ValueError, match="refused.proto is known already"):
        add_file(file("second"))
    assert "first" in message_class("attention_mesh.RefusedOptions").DESCRIPTOR.fields_by_name


@pytest.fixture(scope="module")
def peer_descriptors() -> dict:
    """An installed mediapipe's descriptions of the messages that we have too."""
    root = Path(__file__).resolve().parents[2]
    python = os.environ.get("ATTENTION_MESH_PEER_PYTHON") or root / ".venv-mediapipe" / "bin" / "python"
    if not Path(python).exists():
        pytest.skip(f"no Python with mediapipe at {python} (`make peer`, or ATTENTION_MESH_PEER_PYTHON)")
    run = subprocess.run(
        [str(python), peer_messages.__file__],
        input=json.dumps(sorted(own_messages())),
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)


def differences(name: str, ours: dict, theirs: dict, may_lack: bool) -> list[str]:
    """The differences between two descriptions of a message; with `may_lack`, ours may lack fields."""
    found = []
    for part in ("fields", "extensions", "enums"):
        for key in sorted(set(ours[part]) | set(theirs[part])):
            if may_lack and key not in ours[part]:
                continue
            one, other = ours[part].get(key), theirs[part].get(key)
            if one != other:
                found.append(f"{name}.{key}: ours {one}, mediapipe's {other}")
    found += [
        f"{name}.{f}: repeated"
        for f in ours["fields"]
        if (f in ours["repeated"]) != (f in theirs["repeated"])
    ]
    taken = {field[0]: key for key, field in theirs["fields"].items()}
    found += [
        f"{name}.{key}: its number {field[0]} is that of {taken[field[0]]}"
        for key, field in ours["fields"].items()
        if taken.get(field[0], key) != key
    ]
    return found


@pytest.mark.parametrize("room, may_lack", [("framework", False), ("calculators", True)])
def test_fields_numbers_types_and_defaults_are_those_of_installed_mediapipe(room, may_lack, peer_descriptors):
    ours = {
        name: json.loads(json.dumps(peer_messages.describe(descriptor)))
        for name, descriptor in own_messages().items()
        if descriptor.file.name.startswith(f"attention_mesh/{room}/")
    }
    if not ours:
        pytest.skip(f"{room} is not there")
    shared = sorted(set(ours) & set(peer_descriptors))
    assert len(shared) > 30
    different = [d for n in shared for d in differences(n, ours[n], peer_descriptors[n], may_lack)]
    assert not different, "\n".join(different)


def test_importing_the_engine_imports_no_mediapipe():
    code = "import sys, attention_mesh.framework.calculator_graph; print('mediapipe' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert run.stdout.strip() == "False", run.stderr
