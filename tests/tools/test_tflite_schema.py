"""The schema of .tflite files: the committed one agrees with the reader of the installed LiteRT."""

from __future__ import annotations

import json

from ai_edge_litert import schema_py_generated

from attention_mesh.models.weights.checking.check_model import operator_rules
from attention_mesh.tools.tflite_schema import FILE, schema_of


def test_the_committed_schema_is_that_of_litert():
    """Another version of LiteRT may have more tables and fields; none may have moved."""
    committed, installed = json.loads(FILE.read_text(encoding="utf-8")), schema_of(schema_py_generated)
    assert len(committed["tables"]) > 150
    for part in ("unions", "operators", "types"):
        theirs = installed[part]
        assert isinstance(theirs, dict)
        assert {key: theirs[key] for key in theirs.keys() & committed[part].keys()} == {
            key: committed[part][key] for key in theirs.keys() & committed[part].keys()
        }
    tables = installed["tables"]
    assert isinstance(tables, dict)
    for name in tables.keys() & committed["tables"].keys():
        ours, fields = committed["tables"][name], tables[name]
        assert all(ours[field] == fields[field] for field in ours.keys() & fields.keys()), name


def test_every_rule_is_of_an_operator_with_its_options():
    schema = json.loads(FILE.read_text(encoding="utf-8"))
    names = {*schema["operators"].values()}
    for name, rule in operator_rules().items():
        assert name in names
        assert "options" not in rule or rule["options"] in schema["unions"]["BuiltinOptions"].values()
