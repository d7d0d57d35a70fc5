"""Sources of a dataset: folders, patterns, lists, and what is wrong with them."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

import pyarrow
import pyarrow.parquet
import pytest

from attention_mesh.datasets.errors import TableError
from attention_mesh.datasets.plan import make_plan
from attention_mesh.datasets.sources import SourceFile, find_sources, sources_of_rows
from attention_mesh.datasets.urls import check_no_password, is_remote


@pytest.fixture
def folder(tmp_path) -> Path:
    for name in ("b/2.mp4", "b/1.MOV", "a.jpg", "c.txt", ".hidden.mp4", "b/.d/3.webm"):
        (tmp_path / name).parent.mkdir(exist_ok=True, parents=True)
        (tmp_path / name).write_bytes(b"x")
    return tmp_path


def names(sources: list[SourceFile], folder: Path) -> list[tuple[str, str]]:
    return [(os.path.relpath(source.address, folder), source.kind) for source in sources]


def test_a_folder_is_searched_with_all_folders_in_it(folder):
    expected = [("a.jpg", "photo"), ("b/.d/3.webm", "film"), ("b/1.MOV", "film"), ("b/2.mp4", "film")]
    assert names(find_sources(str(folder)), folder) == expected
    assert find_sources(str(folder))[0].size_bytes == 1


def test_a_pattern_names_files(folder):
    assert names(find_sources(f"{folder}/*/[12].*"), folder) == [("b/1.MOV", "film"), ("b/2.mp4", "film")]


@pytest.mark.parametrize("kind", ["txt", "csv", "parquet"])
def test_a_list_names_paths_from_its_own_folder_and_urls(folder, kind):
    entries = ["b/2.mp4", "https://films.example/x.mp4?key=1", str(folder / "a.jpg"), "b/2.mp4"]
    file = folder / f"list.{kind}"
    if kind == "txt":
        file.write_text("# films\n\n" + "\n".join(entries) + "\n")
    elif kind == "csv":
        file.write_text("id,path\n" + "".join(f'{i},"{entry}"\n' for i, entry in enumerate(entries)))
    else:
        pyarrow.parquet.write_table(pyarrow.table({"id": range(4), "url": entries}), file)
    found = {source.address: source.kind for source in find_sources(str(file))}
    assert found == {
        str(folder / "b/2.mp4"): "film",
        str(folder / "a.jpg"): "photo",
        "https://films.example/x.mp4?key=1": "film",
    }


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("nothing", None, "no film or photo is there; expected a folder, a file, a pattern, a URL or a list"),
        ("list.txt", b"gone.mp4\n", "it names gone.mp4, and there is no such file"),
        (
            "list.csv",
            b"film,id\nx.mp4,1\n",
            "the columns are film, id; expected source or path or file or url",
        ),
        ("list.txt", b"\xff\xfe", "the list cannot be read: 'utf-8' codec"),
        ("list.parquet", b"no parquet", "the list cannot be read"),
        ("list.txt", b"https://me:secret@host/x.mp4\n", "…@host/x.mp4: the URL has a password"),
        ("list.txt", b"", "no film or photo is there"),
    ],
)
def test_a_source_that_is_none_is_one_clear_error(tmp_path, name, content, message):
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(TableError, match=message) as error:
        find_sources(str(tmp_path / name))
    assert (name in str(error.value) or "URL" in message) and "secret" not in str(error.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{1..2000}{1..2000}", "it stands for more than 1000000 names"),
        ("{1..2000000}", "it stands for more than 1000000 names"),
        ("s3://bucket/[z-a].mp4", "the pattern is wrong: bad character range z-a"),
        ("rtsp://me:secret@host/x", "rtsp://…@host/x: the URL has a password"),
        ("s3://me:sec/ret@bucket/x", "s3://…@bucket/x: the URL has a password"),
        ("zip://a::sftp://me:secret@host/x.zip", "zip://a::sftp://…@host/x.zip: the URL has a password"),
    ],
)
def test_a_text_that_names_nothing_possible_is_one_clear_error(text, message):
    with pytest.raises(TableError, match=re.escape(message)) as error:
        find_sources(text)
    assert "ret@" not in str(error.value)


@pytest.mark.parametrize(
    ("url", "remote"),
    [
        ("https://host/films.target/x.mp4", False),
        ("https://host:81/a@b.mp4", False),
        ("https://host/x.tar", True),
        ("sftp://me@host:22/a@b.mp4", True),
        ("zip://films::/data/me@work/x.zip", True),
    ],
)
def test_only_shards_on_web_servers_are_not_left_to_ffmpeg(url, remote):
    check_no_password(url)
    assert is_remote(url) == remote


def test_a_list_may_begin_with_a_mark_and_name_files_by_their_urls(folder):
    file = folder / "list.csv"
    file.write_text(f"\ufeffurl\nfile://{folder}/b/2.mp4\n", encoding="utf-8")
    assert names(find_sources(str(file)), folder) == [("b/2.mp4", "film")]


def rows(*sources: SourceFile, part: str, status: str = "done") -> list[dict]:
    return [
        {
            "source": s.name,
            "kind": s.kind,
            "part": part,
            "status": status,
            "size_bytes": s.size_bytes,
            "modified_ns": s.modified_ns,
        }
        for s in sources
    ]


FILMS = [SourceFile(f"/films/{number}.mp4", "film", 1000, number) for number in range(6)]


def test_short_films_share_a_part_and_photos_have_their_own():
    sources = [
        *FILMS,
        SourceFile("/films/x.jpg", "photo", 10, 1),
        SourceFile("/films/y.mp4", "film", 10**9, 1),
    ]
    many = [SourceFile(f"/more/{number:04}.mp4", "film", 1000, 1) for number in range(2000)]
    plan = make_plan([*sources, *many], [])
    assert [len(task.sources) for task in plan.tasks[:4]] == [6, 1, 1, 32]
    assert sum(len(task.sources) for task in plan.tasks) == 2008
    assert len({task.part for task in plan.tasks}) == len(plan.tasks)


def test_a_changed_film_takes_its_whole_part_with_it_and_no_other():
    manifest = rows(*FILMS[:3], part="one") + rows(*FILMS[3:], part="two")
    changed = SourceFile(FILMS[1].address, "film", 1000, 99)
    plan = make_plan([FILMS[0], changed, *FILMS[3:]], manifest)
    assert plan.stale == ["one"] and plan.done == 3
    assert sorted(s.address for task in plan.tasks for s in task.sources) == [s.address for s in FILMS[:3]]
    assert changed in [s for task in plan.tasks for s in task.sources]


def test_a_film_in_two_parts_stays_in_one_of_them_and_no_other_film_is_lost():
    manifest = rows(*FILMS[:3], part="one") + rows(*FILMS[2:5], part="two") + rows(*FILMS[5:], part="three")
    plan = make_plan(FILMS, manifest)
    assert plan.stale == ["two"] and plan.done == 4
    assert [s for task in plan.tasks for s in task.sources] == FILMS[3:5]
    assert make_plan(FILMS[:2], manifest).stale == ["two"]  # whatever this run is about


def test_failed_films_are_done_again_only_if_asked():
    manifest = rows(FILMS[0], part="one", status="failed") + rows(FILMS[1], part="two")
    assert make_plan(FILMS[:2], manifest).tasks == []
    plan = make_plan(FILMS[:2], manifest, retry_failed=True)
    assert plan.stale == ["one"] and [task.sources for task in plan.tasks] == [(FILMS[0],)]


def test_the_rows_of_a_file_that_a_server_does_not_show_stay():
    manifest = rows(*FILMS, part="one")
    gone = SourceFile(FILMS[0].address, "film")
    assert make_plan([gone], manifest).tasks == make_plan([gone], manifest).stale == []


def test_the_name_of_a_part_follows_from_its_files_alone():
    (one,), (again,) = make_plan(FILMS[:1], []).tasks, make_plan(FILMS[:1], []).tasks
    (other,) = make_plan([SourceFile(FILMS[0].address, "film", 1000, 7)], []).tasks
    assert one.part == again.part != other.part


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such names")
def test_a_row_of_a_name_that_is_no_utf_8_leads_to_its_file(tmp_path):
    odd = os.fsdecode(os.fsencode(tmp_path) + b"/\xff.mp4")
    Path(odd).write_bytes(b"x")
    found = find_sources(odd)
    assert found[0].name.endswith("/\\udcff.mp4")
    assert sources_of_rows(rows(*found, part="one", status="failed")) == found
    os.unlink(odd)
    (gone,) = sources_of_rows(rows(*found, part="one"))
    assert (gone.name, gone.size_bytes) == (found[0].name, 1)
