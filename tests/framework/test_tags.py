import pytest

from attention_mesh.framework.tags import (
    TagName,
    format_entries,
    parse_entries,
    parse_tag_index,
    renumbered,
)


def test_the_three_forms_of_an_entry_count_their_indices_within_a_tag():
    entries = parse_entries(["a", "IMAGE:b", "c", "IMAGE:d", "IMAGE:2:e"])
    assert entries == [
        TagName("", 0, "a"),
        TagName("IMAGE", 0, "b"),
        TagName("", 1, "c"),
        TagName("IMAGE", 1, "d"),
        TagName("IMAGE", 2, "e"),
    ]


def test_indices_may_stand_in_any_order():
    assert parse_entries(["A:1:x", "A:0:y"]) == [TagName("A", 1, "x"), TagName("A", 0, "y")]


@pytest.mark.parametrize(
    "entry", ["", "A", "a:b", "A:", "A:B", "1a", "A:x:1", "A::x", "A b", "a\n", "A:1:", "A:-1:x", "A:٣:x"]
)
def test_entry_of_another_form_is_refused_with_its_text(entry):
    with pytest.raises(ValueError) as caught:
        parse_entries([entry])
    assert f'"{entry}" is not "name", "TAG:name" or "TAG:index:name"' in str(caught.value)


def test_port_connected_twice_is_refused():
    with pytest.raises(ValueError, match='"A:0:y": port A:0 is connected twice'):
        parse_entries(["A:x", "A:0:y"])


def test_left_out_index_is_refused_with_the_one_that_is_missing():
    with pytest.raises(ValueError, match='"A:99999:y" is connected, but A:1 is not'):
        parse_entries(["A:x", "A:99999:y"])


@pytest.mark.parametrize("entry, port", [("a", ":0"), ("A:a", "A"), ("A:0:a", "A")])
def test_port_is_written_as_a_person_writes_it(entry, port):
    assert parse_entries([entry])[0].port == port


@pytest.mark.parametrize("texts", [["a", "b"], ["A:a", "B:b", "A:c"], ["A:1:a", "A:0:b"]])
def test_formatted_entries_read_back_as_the_same(texts):
    assert format_entries(parse_entries(texts)) == texts


def test_renumbering_closes_the_gaps_and_keeps_the_order_of_indices():
    entries = parse_entries(["A:2:x", "A:0:y", "A:1:z", "b", "c"])
    assert renumbered([entries[0], entries[2], entries[4]]) == [
        TagName("A", 1, "x"),
        TagName("A", 0, "z"),
        TagName("", 0, "c"),
    ]


@pytest.mark.parametrize("text, place", [("A", ("A", 0)), ("A:2", ("A", 2)), (":1", ("", 1)), ("", ("", 0))])
def test_tag_index_is_read(text, place):
    assert parse_tag_index(text) == place


@pytest.mark.parametrize("text", ["a", "A:", "A:x", "A:1:b", "A\n"])
def test_malformed_tag_index_is_refused(text):
    with pytest.raises(ValueError, match='is not "TAG", "TAG:index" or ":index"'):
        parse_tag_index(text)
