"""Looks: files, what they say, and errors that help."""

from __future__ import annotations

import pytest

from attention_mesh.drawing.errors import LookError
from attention_mesh.drawing.makeup.lipstick import Finish, Lipstick
from attention_mesh.drawing.makeup.look import Look, lip_colors, load_look, look_names, parse_look


@pytest.mark.parametrize("name", look_names())
def test_every_look_of_the_package_paints_lips(name):
    assert load_look(name).lipstick is not None


def test_the_package_has_looks_of_every_finish():
    looks = [load_look(name).lipstick for name in look_names()]
    assert {lipstick.finish for lipstick in looks if lipstick} == set(Finish)


def test_a_look_is_read_from_a_file(tmp_path):
    file = tmp_path / "mine.pbtxt"
    file.write_text('# Mine.\nlipstick { color: "#10A0ff" finish: GLOSS intensity: 0.5 }\n', encoding="utf-8")
    assert load_look(file) == Look(Lipstick((16, 160, 255), Finish.GLOSS, 0.5))


def test_what_a_look_leaves_out_has_a_default():
    assert parse_look('lipstick { color: "plum" }') == Look(Lipstick(lip_colors()["plum"], Finish.SATIN, 1.0))
    assert parse_look("") == Look(None)


@pytest.mark.parametrize(
    ("text", "error"),
    [
        (
            'lipstick {\n  colour: "red"\n}',
            'mine, line 2: lipstick has no field "colour"; expected color, finish, intensity',
        ),
        ("lips {}", 'mine, line 1: the look has no field "lips"; expected lipstick'),
        (
            'lipstick {\n  color: "red"\n\n  finish: SHINY\n}',
            'mine, line 4: lipstick has no finish "SHINY"; expected SATIN, MATTE, GLOSS, SHEER',
        ),
        (
            '# color: "red"\nlipstick {\n  intensity: 1\n  color: "rd"\n}',
            'mine, line 4: lipstick has no color "rd"; expected "#RRGGBB" or one of apricot, berry,',
        ),
        ('lipstick { color: "#12345" }', 'mine, line 1: lipstick has no color "#12345"; expected'),
        ("\nlipstick { finish: MATTE }", "mine, line 2: the lipstick's color is missing"),
        (
            'lipstick {\n color: "red"\n intensity: 1.5 }',
            "mine, line 3: intensity 1.5 is not between 0 and 1",
        ),
        ('lipstick { color: "red" intensity: nan }', "mine, line 1: intensity nan is not between 0 and 1"),
        ('lipstick {\n color: "red"', "mine, line 2: "),
    ],
)
def test_an_error_names_the_line_and_what_is_known(text, error):
    with pytest.raises(LookError) as raised:
        parse_look(text, "mine")
    assert str(raised.value).startswith(error)


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("blue_gloss", "look blue_gloss: neither a .pbtxt file nor one of the looks .*red_gloss"),
        ("absent.pbtxt", "look absent.pbtxt: No such file"),
    ],
)
def test_an_absent_look_is_one_error(name, error):
    with pytest.raises(LookError, match=error):
        load_look(name)


def test_a_file_that_is_no_text_is_one_error(tmp_path):
    file = tmp_path / "look.pbtxt"
    file.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(LookError, match="is not UTF-8 text"):
        load_look(file)
