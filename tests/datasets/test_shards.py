"""Tar shards: what is found in them, and how little a hostile one can do."""

from __future__ import annotations

import io
import tarfile
from pathlib import Path

import pytest

from attention_mesh.datasets import tar_shard
from attention_mesh.datasets.errors import TableError
from attention_mesh.datasets.face_rows import face_mesh_rows
from attention_mesh.datasets.open_found import open_found
from attention_mesh.datasets.sources import find_sources, source_at, sources_of_rows
from attention_mesh.media.errors import MediaError
from attention_mesh.tests.datasets.conftest import read_table
from attention_mesh.tests.datasets.test_sources import rows


def write_shard(path: Path, files: dict[str, bytes], form: int = tarfile.PAX_FORMAT) -> Path:
    with tarfile.open(path, "w", format=form) as shard:
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            shard.addfile(info, io.BytesIO(content))
    return path


@pytest.mark.parametrize("form", [tarfile.PAX_FORMAT, tarfile.GNU_FORMAT], ids=["pax", "gnu"])
def test_the_films_and_photos_of_a_shard_are_found_and_read_where_they_lie(tmp_path, form):
    long = "folder/" * 20 + "fünf.mp4"
    files = {"./1.mp4": b"one", "1.json": b"{}", ".2.mp4": b"", long: b"12345", "3.JPG": b"x" * 700}
    shard = write_shard(tmp_path / "000.tar", files, form)
    found = find_sources(str(shard))
    expected = {"1.mp4": ("film", 3), long: ("film", 5), "3.JPG": ("photo", 700)}
    assert {source.address: (source.kind, source.size_bytes) for source in found} == {
        f"{shard}/{name}": facts for name, facts in expected.items()
    }
    content = shard.read_bytes()
    for source in found:
        name = source.address[len(str(shard)) + 1 :]
        assert content[source.offset :][: source.size_bytes] == files.get(name, b"one")
        assert source.modified_ns == shard.stat().st_mtime_ns
    assert find_sources(str(tmp_path)) == found  # of a folder with shards


def test_braces_name_shards_and_one_that_is_missing_is_told(tmp_path):
    for number in range(8, 11):
        write_shard(tmp_path / f"{number:03}.tar", {f"{number}.mp4": b"x"})
    names = [source.address[-5:] for source in find_sources(str(tmp_path / "{008..010}.tar"))]
    assert names == ["8.mp4", "9.mp4", "0.mp4"]
    with pytest.raises(TableError, match=r"it stands for .*011.tar, and there is no such file"):
        find_sources(str(tmp_path / "{008..011}.tar"))


def test_a_member_gives_the_rows_of_the_same_file(table, media_folder, tmp_path):
    files = {name: (media_folder / name).read_bytes() for name in ("ward 0/film4.mp4", "a.png")}
    shard = write_shard(tmp_path / "x.tar", files)
    for name in files:
        found = [row for batch in face_mesh_rows(f"{shard}/{name}") for row in batch.to_pylist()]
        expected = [row for row in read_table(table) if row["source"] == str(media_folder / name)]
        assert [{**row, "source": ""} for row in found] == [{**row, "source": ""} for row in expected]


def header(
    name: str, size: int = 0, kind: bytes = tarfile.REGTYPE, link: str = "", content: bytes = b""
) -> bytes:
    info = tarfile.TarInfo(name)
    info.size, info.type, info.linkname = size, kind, link
    return info.tobuf(tarfile.GNU_FORMAT) + content + bytes(-len(content) % 512)


END = bytes(1024)
HOSTILE: dict[str, tuple[bytes, str]] = {
    "a huge size": (header("a.mp4", 1 << 60, content=b"x"), "declares 1152921504606846976 bytes, and 512"),
    "a link": (header("a.mp4", kind=tarfile.SYMTYPE, link="/etc/passwd") + END, "it is a link"),
    "a hard link": (header("a.mp4", kind=tarfile.LNKTYPE, link="b.mp4") + END, "it is a link"),
    "a device": (header("a.mp4", kind=tarfile.CHRTYPE) + END, "is no file"),
    "a file with holes": (header("a.mp4", 1 << 40, b"S") + END, "has holes"),
    "dots": (header("../../etc/a.mp4") + END, "leads out of the shard"),
    "a root": (header("/etc/a.mp4") + END, "leads out of the shard"),
    "a terminal's code": (header("\x1b[31ma.mp4") + END, "control characters"),
    "a huge name": (header("long", 1 << 40, b"L"), "a header declares 1099511627776 bytes"),
    "huge facts": (header("facts", 1 << 40, b"x"), "a header declares 1099511627776 bytes"),
    "a size below 0": (
        header("facts", 14, b"x", content=b"14 size=-5000\n") + header("a.mp4") + END,
        "a size is no number",
    ),
    "a long name below 0": (  # which led back to its own header
        header("facts", 9, b"x", content=b"9 size=5\n") + header("name", -1024, b"L") + END,
        "a size is no number",
    ),
    "facts without an end": (
        header("facts", 9, b"x", content=b"999 a=b\n\n") + header("a/b", 9) + b"x",
        "cut off",
    ),
    "no tar": (b"junk" * 999, "it is no tar file"),
    "nothing": (b"", "0 bytes"),
    "junk behind": (header("a.txt") + b"junk" * 999, "damaged after 1 files"),
}


@pytest.mark.parametrize("kind", list(HOSTILE))
def test_a_hostile_shard_has_failed_and_is_not_opened_further(tmp_path, kind):
    content, message = HOSTILE[kind]
    path = tmp_path / "x.tar"
    path.write_bytes(content)
    found = find_sources(str(path))
    assert any(message in (source.problem or "") for source in found)
    assert len(found) <= 2  # the member, and the shard that ends in it
    for source in found:
        assert not any(ord(letter) < 32 for letter in source.name)
        with pytest.raises(MediaError, match="x.tar"):
            open_found(source)


def test_a_shard_without_an_end_is_left_after_a_number_of_files(tmp_path, monkeypatch):
    monkeypatch.setattr(tar_shard, "MOST_MEMBERS", 100)
    shard = write_shard(tmp_path / "x.tar", {f"{number}.mp4": b"" for number in range(101)})
    found = find_sources(str(shard))
    assert len(found) == 101 and found[0].address == str(shard)
    assert "more than the 100 files" in str(found[0].problem)


def test_a_film_in_a_shard_opens_no_other_file(tmp_path):
    (tmp_path / "other.ts").write_bytes(b"G" * 188 * 9)
    playlist = f"#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\nfile://{tmp_path}/other.ts\n#EXT-X-ENDLIST\n"
    (source,) = find_sources(str(write_shard(tmp_path / "x.tar", {"a.mp4": playlist.encode()})))
    with pytest.raises(MediaError, match=r"x.tar/a.mp4: .*cannot be|x.tar/a.mp4: this is no film"):
        open_found(source)


def test_a_shard_that_is_mended_is_measured_when_it_is_retried(tmp_path):
    path = tmp_path / "x.tar"
    path.write_bytes(b"junk" * 200)
    failed = rows(*find_sources(str(path)), part="one", status="failed")
    write_shard(path, {"1.mp4": b"1", "2.mp4": b"2"})
    assert sources_of_rows(failed) == find_sources(str(path))


def test_two_members_with_one_name_are_the_last_one(tmp_path, monkeypatch):
    first, second = tarfile.TarInfo("1.mp4"), tarfile.TarInfo("1.mp4")
    first.size, second.size = 1, 2
    with tarfile.open(tmp_path / "X.TAR", "w") as shard:
        shard.addfile(first, io.BytesIO(b"x"))
        shard.addfile(second, io.BytesIO(b"xx"))
    (found,) = find_sources(str(tmp_path))
    assert found.size_bytes == 2 and source_at(found.address) == found
    monkeypatch.chdir(tmp_path)
    assert source_at("X.TAR/1.mp4") == found


def test_sources_of_two_shards_are_read_in_turns(media_folder, tmp_path):
    content = (media_folder / "ward 0/film0.mp4").read_bytes()
    shards = [write_shard(tmp_path / f"{number}.tar", {"1.mp4": content}) for number in range(2)]
    opened = [open_found(find_sources(str(shard))[0]) for shard in shards]
    assert [sum(1 for _ in film) for film in opened] == [8, 8]
    for film in opened:
        film.close()


def test_a_compressed_shard_says_what_to_do(tmp_path):
    (tmp_path / "x.tar.gz").write_bytes(b"\x1f\x8b")
    with pytest.raises(MediaError, match="x.tar.gz: a compressed shard .* decompress it"):
        open_found(find_sources(str(tmp_path / "x.tar.gz"))[0])
