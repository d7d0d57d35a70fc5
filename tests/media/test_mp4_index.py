"""Moving the index of an MP4: offsets of both widths, and files that are left as they are."""

import os
import sys

import pytest

from attention_mesh.media.mp4_index import boxes, move_index_to_front


def box(kind: bytes, content: bytes) -> bytes:
    return (8 + len(content)).to_bytes(4, "big") + kind + content


def film(kind: bytes, offsets: list[int]) -> bytes:
    """A file with one table of offsets, behind its pictures."""
    width = {b"stco": 4, b"co64": 8}[kind]
    table = bytes(4) + len(offsets).to_bytes(4, "big") + b"".join(at.to_bytes(width, "big") for at in offsets)
    index = box(kind, table)
    for parent in (b"stbl", b"minf", b"mdia", b"trak", b"moov"):
        index = box(parent, index)
    return box(b"ftyp", b"isom") + box(b"free", b"") + box(b"mdat", b"pictures") + index


@pytest.mark.parametrize("kind", [b"stco", b"co64"])
def test_offsets_lead_to_the_same_pictures(tmp_path, kind):
    path = tmp_path / "film.mp4"
    content = film(kind, [])
    at = film(kind, [0, 0]).index(b"pictures")
    path.write_bytes(film(kind, [at, at + 4]))
    size = path.stat().st_size
    assert move_index_to_front(path)
    moved = path.read_bytes()
    assert moved == film(kind, [0, 0])[:12] + moved[12:] and len(moved) == size > len(content)
    width, table = (4 if kind == b"stco" else 8), moved.index(kind) + 12
    found = [int.from_bytes(moved[table + n * width : table + (n + 1) * width], "big") for n in (0, 1)]
    assert [moved[offset : offset + 4] for offset in found] == [b"pict", b"ures"]
    with path.open("rb") as file:
        assert [name for name, _, _ in boxes(file, 0, size)] == [b"ftyp", b"moov", b"free", b"mdat"]


def test_a_film_whose_offsets_would_become_too_large_stays_as_it_is(tmp_path):
    path = tmp_path / "film.mp4"
    content = film(b"stco", [2**32 - 10])
    path.write_bytes(content)
    assert not move_index_to_front(path) and path.read_bytes() == content
    path.write_bytes(film(b"co64", [2**32 - 10]))
    assert move_index_to_front(path)


@pytest.mark.skipif(sys.platform == "win32", reason="needs links and modes")
def test_a_link_and_the_mode_of_a_film_stay(tmp_path):
    path, link = tmp_path / "film.mp4", tmp_path / "link.mp4"
    path.write_bytes(film(b"stco", [40]))
    path.chmod(0o640)
    link.symlink_to(path.name)
    assert move_index_to_front(link)
    assert link.is_symlink() and path.stat().st_mode & 0o777 == 0o640
    assert sorted(os.listdir(tmp_path)) == ["film.mp4", "link.mp4"]


@pytest.mark.parametrize("content", [b"", b"abc", bytes(64), box(b"ftyp", b"isom"), box(b"moov", b"") * 2])
def test_what_is_no_film_stays_as_it_is(tmp_path, content):
    path = tmp_path / "film.mp4"
    path.write_bytes(content)
    assert not move_index_to_front(path) and path.read_bytes() == content
    assert not move_index_to_front(tmp_path / "missing.mp4")
