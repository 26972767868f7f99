import pytest

from crawlers.jsonld import BrokenMarkup, documents, local_name, nodes_of, type_names

WANTED = [{"name": "Tern", "n": [1, 2]}]


@pytest.mark.parametrize(
    "block",
    [
        '{"name": "Tern", "n": [1, 2]}',
        '\ufeff {"name": "Tern", "n": [1, 2]} ;',
        '<!-- {"name": "Tern", "n": [1, 2]} -->',
        '//<![CDATA[\n{"name": "Tern", "n": [1, 2]}\n//]]>',
        '{"name": "Tern", // the bird\n "n": [1, /* two */ 2]}',
        '{"name": "Tern", "n": [1, 2,],}',
        '{"name": "Tern",, "n": [1, 2]}',
        '{"name": "Te\\rn"}'.replace("\\r", "\\r"),
        "{&quot;name&quot;: &quot;Tern&quot;, &quot;n&quot;: [1, 2]}",
        '{"name": "Tern", "n": [1, 2]}}',
    ],
)
def test_markup_is_repaired_as_forgiving_readers_do(block: str) -> None:
    (document,) = documents(block)
    assert document["name"].replace("\r", "r") == "Tern"


def test_repairs_leave_strings_alone() -> None:
    block = '{"url": "https://t.example/a//b", "text": "1, /* no */ ,] // x", "n": [1,],}'
    assert documents(block) == [{"url": "https://t.example/a//b", "text": "1, /* no */ ,] // x", "n": [1]}]


def test_control_characters_and_unknown_escapes_in_strings_are_read() -> None:
    assert documents('{"name": "A\tB\nC"}') == [{"name": "A\tB\nC"}]
    assert documents(r'{"name": "Mara\'s \d"}') == [{"name": "Mara's d"}]


def test_what_is_no_number_becomes_nothing() -> None:
    assert documents('{"a": NaN, "b": Infinity, "c": null}') == [{"a": None, "b": None, "c": None}]


def test_several_documents_may_stand_in_one_block() -> None:
    assert documents('{"a": 1}\n{"b": 2},\n{"c": 3}') == [{"a": 1}, {"b": 2}, {"c": 3}]


@pytest.mark.parametrize("block", ['{"a": ', '{"a: 1}', "{'a': 1}", "<html>", '{"a" 1}', "[" * 100_000])
def test_what_no_repair_reads_is_broken(block: str) -> None:
    with pytest.raises(BrokenMarkup):
        documents(block)


def test_a_broken_block_leaves_the_others_readable() -> None:
    nodes, broken = nodes_of(['{"@type": "Store", "name": "T"}', '{"@type": ', "", "null"])
    assert [node["name"] for node in nodes] == ["T"]
    assert len(broken) == 1


def test_entities_in_values_become_characters_and_parameters_stay() -> None:
    ((node,), _) = nodes_of(['{"name": "Tern &amp; Pebble&#39;s", "url": "https://t.example/?a=1&copy=2"}'])
    assert (node["name"], node["url"]) == ("Tern & Pebble's", "https://t.example/?a=1&copy=2")


def test_references_lead_to_their_nodes_across_blocks() -> None:
    nodes, _ = nodes_of(
        [
            '{"@graph": [{"@id": "#s", "@type": "Store", "address": {"@id": "#a"}, "owner": {"@id": "#gone"}}]}',
            '{"@id": "#a", "@type": "PostalAddress", "streetAddress": "1 A St"}',
        ]
    )
    assert nodes[0]["address"]["streetaddress"] == "1 A St"
    assert nodes[0]["owner"] == {"@id": "#gone"}


def test_nodes_that_refer_to_each_other_end() -> None:
    nodes, _ = nodes_of(['[{"@id": "#a", "x": {"@id": "#b"}}, {"@id": "#b", "x": {"@id": "#a"}}]'])
    assert nodes[0]["x"] is nodes[1]
    assert nodes[1]["x"] is nodes[0]


def test_one_identifier_is_one_node() -> None:
    nodes, _ = nodes_of(['{"@id": "#a", "name": "T"}', '{"@id": "#a", "name": "U", "telephone": "1"}'])
    assert nodes == [{"@id": "#a", "name": "T", "telephone": "1"}]


@pytest.mark.parametrize(
    "name",
    [
        "Store",
        "http://schema.org/Store",
        "https://www.schema.org/Store/",
        "//schema.org/Store",
        "schema:Store",
    ],
)
def test_every_form_of_a_schema_name_is_the_same_name(name: str) -> None:
    assert local_name(name) == "Store"
    assert type_names(f"{name} https://schema.org/Bakery") == ("Store", "Bakery")
