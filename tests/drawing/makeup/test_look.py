"""Looks: files, what they say, and errors that help."""

from __future__ import annotations

import dataclasses

import pytest

from attention_mesh.drawing.errors import LookError
from attention_mesh.drawing.makeup.brow_tint import BrowTint
from attention_mesh.drawing.makeup.complexion import Blush, Contour, Highlight
from attention_mesh.drawing.makeup.eyeliner import Eyeliner
from attention_mesh.drawing.makeup.eyeshadow import Eyeshadow, ShadowFinish
from attention_mesh.drawing.makeup.iris_color import IrisColor
from attention_mesh.drawing.makeup.lash_line import LashLine
from attention_mesh.drawing.makeup.lipstick import Finish, Lipstick
from attention_mesh.drawing.makeup.look import Look, load_look, look_names, parse_look, product_colors


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
    assert parse_look('lipstick { color: "plum" }') == Look(
        Lipstick(product_colors("lipstick")["plum"], Finish.SATIN, 1.0)
    )

    assert parse_look("eyeliner {}").eyeliner == Eyeliner()
    shadow = parse_look('eyeshadow { color: "#102030" finish: SHIMMER }').eyeshadow
    assert shadow == Eyeshadow((16, 32, 48), finish=ShadowFinish.SHIMMER)


def test_defaults_of_the_file_are_those_of_the_classes():
    given = (16, 32, 48)
    look = parse_look(
        'brow_tint { color: "#102030" } iris_color { color: "#102030" } blush { color: "#102030" }'
        "lash_line {} contour {} highlight {}"
    )
    assert (look.brow_tint, look.iris_color, look.blush) == (BrowTint(given), IrisColor(given), Blush(given))
    assert (look.lash_line, look.contour, look.highlight) == (LashLine(), Contour(), Highlight())


@pytest.mark.parametrize("product", [field.name for field in dataclasses.fields(Look)])
def test_every_named_color_of_a_product_is_a_color(product):
    for name in product_colors(product):
        assert (
            getattr(parse_look(f'{product} {{ color: "{name}" }}'), product).color
            == product_colors(product)[name]
        )


@pytest.mark.parametrize(
    ("text", "error"),
    [
        (
            'lipstick {\n  colour: "red"\n}',
            'mine, line 2: lipstick has no field "colour"; expected color, finish, intensity',
        ),
        ("lips {}", 'mine, line 1: the look has no field "lips"; expected lipstick, eyeliner, eyeshadow,'),
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
        (
            "eyeliner {\n  width: 1\n}",
            'mine, line 2: eyeliner has no field "width"; expected color, intensity, thickness, wing, lower',
        ),
        (
            'eyeliner {}\neyeshadow {\n  color: "gold"\n  finish: GLOSS\n}',
            'mine, line 4: eyeshadow has no finish "GLOSS"; expected MATTE, SHIMMER',
        ),
        (
            'eyeshadow {\n  color: "gold"\n  crease_color: "rd"\n}',
            'mine, line 3: eyeshadow has no crease_color "rd"; expected "#RRGGBB" or one of blue, bronze,',
        ),
        ("lash_line {\n size: 1 }", 'mine, line 2: lash_line has no field "size"; expected color, intensity'),
        ("brow_tint { }", "mine, line 1: the brow_tint's color is missing"),
        (
            'brow_tint {\n color: "cherry" }',
            'mine, line 2: brow_tint has no color "cherry"; expected "#RRGGBB" or one of ash, auburn,',
        ),
        ("blush { }", "mine, line 1: the blush's color is missing"),
        (
            'contour {\n color: "gold" }',
            'mine, line 2: contour has no color "gold"; expected "#RRGGBB" or one of cool,',
        ),
        (
            "highlight {\n shine: 1 }",
            'mine, line 2: highlight has no field "shine"; expected color, intensity',
        ),
        ("\niris_color {}", "mine, line 2: the iris_color's color is missing"),
        ("eyeliner {\n thickness: -0.5 }", "mine, line 2: thickness -0.5 is not between 0 and 1"),
        (
            'lipstick { color: "red" intensity: 1 }\nlash_line { intensity: 7 }',
            "mine, line 2: intensity 7 is not between 0 and 1",
        ),
        ("", "mine: the look has no product; expected at least one of lipstick, eyeliner,"),
        ("# lipstick {}\n", "mine: the look has no product; expected at least one of"),
        ('blush { color: "berry" }\nblush {}', 'mine, line 2: the look has "blush" twice; expected it once'),
        (
            'lipstick {\n color: "red"\n color: "plum" }',
            'mine, line 3: lipstick has "color" twice; expected it once',
        ),
        (
            'lipstick { color: "red" finish: "GLOSS" }',
            'mine, line 1: lipstick has no finish "GLOSS"; expected SATIN,',
        ),
        (
            'lipstick { color: "red"\n finish: 9 }',
            'mine, line 2: lipstick has no finish "9"; expected',
        ),
        ("blush { color: berry }", 'mine, line 1: berry is no text; expected it in quotes: "berry"'),
        ("contour {\n intensity: half }", "mine, line 2: half is no number; expected one between 0 and 1"),
        ("[lipstick] {}", "mine, line 1: the look has no fields in brackets; expected lipstick, eyeliner,"),
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
        ("a\0.pbtxt", "look a\0.pbtxt: .*null"),
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


def test_a_mark_before_the_text_as_some_editors_write_it_is_ignored(tmp_path):
    file = tmp_path / "look.pbtxt"
    file.write_bytes(b'\xef\xbb\xbfblush { color: "berry" }')
    assert load_look(file) == parse_look('blush { color: "berry" }')
