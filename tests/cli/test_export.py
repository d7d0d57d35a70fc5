"""`attention-mesh export` refuses a wrong command line before it works."""

from typer.testing import CliRunner

from attention_mesh.cli.app import app


def run(*arguments: object):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def test_export_refuses_before_it_works(tmp_path):
    (tmp_path / "there.tflite").write_bytes(b"kept")
    for arguments, message in (
        ((tmp_path / "there.tflite",), "exists; --force overwrites"),
        ((tmp_path / "a.onnx", "--precision", "int8"), "is for TFLite"),
        ((tmp_path / "folder", "--fused"), "--fused is for TFLite"),
        ((tmp_path / "a.pb",), "a.pb ends in .pb; expected .tflite, .task, .onnx or nothing"),
    ):
        result = run("export", "official", *arguments)
        assert result.exit_code == 2 and message in " ".join(result.output.split())
    assert (tmp_path / "there.tflite").read_bytes() == b"kept"
