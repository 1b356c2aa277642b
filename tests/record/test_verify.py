"""Whether a record still holds: each way in which it may not, and that it does where it does."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from mlpdm_kit import shipped
from mlpdm_kit.case.load import load_case
from mlpdm_kit.case.template import new_case
from mlpdm_kit.cli import app
from mlpdm_kit.record.assets import PLOTLY, write_assets
from mlpdm_kit.record.manifest import MANIFEST, read_manifest, write_manifest
from mlpdm_kit.record.model import DecisionRecord
from mlpdm_kit.record.stamp import stamp
from mlpdm_kit.record.steps import Walk
from mlpdm_kit.record.verify import Verified, moves, verify
from mlpdm_kit.view.record_pages import record_pages


def pages(record: Any, lang: str) -> dict[str, tuple[str, ...]]:
    return {name: (text,) for name, text in record_pages(record, lang).items()}


def written(case: Path, out: Path, lang: str = "en") -> Path:
    """A record's folder, as the last notebook and the batch leave it."""
    out.mkdir(parents=True)
    record = Walk(load_case(case), draws=256).record()
    for name, text in {**record_pages(record, lang), "record.json": record.to_json()}.items():
        (out / name).write_text(text, encoding="utf-8", newline="")
    manifested(out, case, lang=lang)
    return out


def manifested(out: Path, case: Path | str, **more: Any) -> None:
    """Write the manifest that the kit of a record would have written."""
    content = json.loads((out / "record.json").read_text())
    made = content["provenance"]
    settings = {name: made[name] for name in ("seed", "draws", "overrides")}
    write_manifest(out, id=content["id"], state="done", case=str(case),
                   settings={"day": None, "lang": "en", **settings, **more})  # fmt: skip
    changed(out, kit=made["kit"])


def changed(out: Path, **values: Any) -> None:
    """Change what a manifest says."""
    content = json.loads((out / MANIFEST).read_text()) | values
    (out / MANIFEST).write_text(json.dumps(content), encoding="utf-8")


@pytest.fixture
def case(tmp_path: Path) -> Path:
    return new_case(tmp_path / "mails").parent


@pytest.fixture
def record(case: Path, tmp_path: Path) -> Path:
    return written(case, tmp_path / "records" / "mails")


def found(place: Path, **more: Any) -> Verified:
    return verify(place, pages=pages, **more)


def codes(one: Verified) -> list[str]:
    return [finding.code for finding in one.findings]


def altered(record: Path, **values: Any) -> None:
    """Change values at dotted places of the record, and write it as the kit does."""
    content = json.loads((record / "record.json").read_text())
    for where, value in values.items():
        *parents, last = where.split("__")
        here = content
        for name in parents:
            here = here[int(name)] if isinstance(here, list) else here[name]
        here[int(last) if isinstance(here, list) else last] = value
    text = json.dumps(content, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
    (record / "record.json").write_text(text, encoding="utf-8", newline="")


def with_its_pages(record: Path) -> None:
    """Write the pages of an altered record, as the kit that it names would have."""
    made = DecisionRecord.model_validate_json((record / "record.json").read_bytes())
    for name, text in record_pages(made, "en").items():
        (record / name).write_text(text, encoding="utf-8", newline="")


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_it_holds(case: Path, tmp_path: Path, lang: str) -> None:
    record = written(case, tmp_path / "x", lang)
    assert found(record).state == "holds"
    assert found(record / "record.json").state == "holds"
    (record / MANIFEST).unlink()
    assert codes(found(record, case=case)) == ["holds.alone"]
    assert found(record, case=case).state == "holds"


@pytest.mark.parametrize(
    ("name", "value"),
    [("kit", "9.9"), ("schema", "x/9"), ("id", "other"), ("state", "failed"),
     ("seed", 1), ("draws", 512), ("day", "2001-01-01"), ("lang", "xx"), ("lang", None),
     ("overrides", {"volume": "9"}), ("overrides", []), ("settings", {})],
)  # fmt: skip
def test_a_manifest_that_says_something_else_than_the_record(
    record: Path, name: str, value: Any
) -> None:
    content = json.loads((record / MANIFEST).read_text())
    inside = {"settings": {**content["settings"], name: value}}
    changed(record, **({name: value} if name in content else inside))
    one = found(record)
    assert one.state == "tampered"
    assert {"file": MANIFEST} in [finding.figures for finding in one.findings]


def test_a_value_that_was_set_cannot_be_hidden(case: Path, tmp_path: Path) -> None:
    """The case is as it was; the record that says nothing of ``--set`` is not made from it."""
    put = {"volume": "99 per month"}
    out = tmp_path / "records" / "mails"
    out.mkdir(parents=True)
    made = Walk(load_case(case, put), draws=256).record()
    (out / "record.json").write_text(made.to_json(), encoding="utf-8", newline="")
    altered(out, provenance__overrides={})
    with_its_pages(out)
    manifested(out, case, overrides=put)
    assert found(out).state == "tampered"
    manifested(out, case)
    assert found(out).state != "holds"


def test_the_script_that_every_page_loads(record: Path, case: Path) -> None:
    script = write_assets(record.parent) / PLOTLY
    assert codes(found(record)) == ["holds"]
    script.write_text("document.body.innerHTML = 'Use ML'")
    assert codes(found(record)) == ["tampered.script"]
    altered(record, provenance__kit="0.0.1")
    with_its_pages(record)
    manifested(record, case)
    assert codes(found(record)) == ["kit-changed.script"]


def test_a_page_without_its_record_is_not_passed_over(record: Path) -> None:
    for name in ("record.json", MANIFEST):
        (record / name).unlink()
    found_ = CliRunner().invoke(app, ["verify", str(record.parent)])
    assert found_.exit_code == 1
    assert "mails" in found_.output


@pytest.mark.parametrize("name", ["churn", "agent-moods", "chatbot"])
def test_library_records_hold(name: str, tmp_path: Path) -> None:
    assert codes(found(written(shipped.cases() / name, tmp_path / name))) == ["holds"]


def test_a_page_of_a_workshop_holds_at_any_time(record: Path, case: Path) -> None:
    (record / MANIFEST).unlink()
    made = DecisionRecord.model_validate_json((record / "record.json").read_bytes())
    page = record_pages(made, "en", made="March 1, 2027, 09:05")["record.html"]
    assert "March 1, 2027, 09:05" in page
    (record / "record.html").write_text(page, encoding="utf-8", newline="")
    assert found(record, case=case).state == "holds"
    stamp(record / "record.html", changed=True)
    assert found(record, case=case).state == "holds"
    text = (record / "record.html").read_text(encoding="utf-8").replace("09:05", "<b>Use ML</b>")
    (record / "record.html").write_text(text, encoding="utf-8", newline="")
    assert found(record, case=case).state == "tampered"


@pytest.mark.parametrize("manifest", [True, False])
def test_an_altered_figure_is_found_with_and_without_a_manifest(
    record: Path, case: Path, manifest: bool
) -> None:
    was = json.loads((record / "record.json").read_text())["options"][0]["p_loss"]
    altered(record, options__0__p_loss=0.25)
    if manifest:
        manifested(record, case)  # who forges may do both
    else:
        (record / MANIFEST).unlink()
    one = found(record, case=case)
    assert one.state == "tampered"
    name = json.loads((record / "record.json").read_text())["options"][0]["id"]
    assert [(m.where, m.was, m.now) for m in one.moved] == [(f"options.{name}.p_loss", 0.25, was)]


@pytest.mark.parametrize("name", ["record.html", "record.md", "record.json"])
def test_an_altered_file_is_named(record: Path, case: Path, name: str) -> None:
    text = (record / name).read_text(encoding="utf-8")
    (record / name).write_text(text.replace("mails", "males"), encoding="utf-8", newline="")
    one = found(record)
    assert one.state == "tampered"
    assert ("tampered.file", name) in [(f.code, f.figures.get("file")) for f in one.findings]
    (record / MANIFEST).unlink()
    assert found(record, case=case).state == "tampered"


def test_a_missing_file_is_named(record: Path) -> None:
    (record / "record.md").unlink()
    assert codes(found(record)) == ["tampered.missing"]


def test_a_manifest_that_points_elsewhere(record: Path, tmp_path: Path) -> None:
    manifest = json.loads((record / MANIFEST).read_text())
    (tmp_path / "elsewhere.txt").write_text("mine")
    manifest["files"]["../../elsewhere.txt"] = "0" * 64
    (record / MANIFEST).write_text(json.dumps(manifest))
    assert codes(found(record)) == ["tampered.file"]


def test_another_way_of_writing_the_same_is_none(record: Path) -> None:
    content = json.loads((record / "record.json").read_text())
    (record / "record.json").write_text(json.dumps(content))
    (record / MANIFEST).unlink()
    assert "tampered.form" in codes(found(record))


def test_a_case_that_says_something_else(record: Path, case: Path) -> None:
    file = case / "case.yaml"
    file.write_text(file.read_text().replace("horizon: 24 months", "horizon: 12 months"))
    one = found(record)
    assert one.state == "case-changed"
    assert any(moved.where == "months" for moved in one.moved)
    assert not any("made_from" in moved.where for moved in one.moved)


def test_data_that_say_something_else(tmp_path: Path) -> None:
    shutil.copytree(shipped.cases() / "churn", tmp_path / "churn")
    record = written(tmp_path / "churn", tmp_path / "records" / "churn")
    data = tmp_path / "churn" / "customers.csv"
    data.write_text(data.read_text().replace(",yes\n", ",no\n", 40))
    one = found(record)
    assert one.state == "data-changed"
    assert codes(one) == ["data-changed"]
    assert one.moved


def test_another_kit_names_what_moved(record: Path, case: Path) -> None:
    altered(record, provenance__kit="0.0.9", options__0__p_loss=0.25)
    with_its_pages(record)
    manifested(record, case)
    one = found(record)
    assert codes(one) == ["kit-changed"]
    assert "mlpdm_kit 0.0.9" in one.findings[0].figures["was"]
    assert len(one.moved) == 1


def test_another_kit_with_the_same_figures_holds(record: Path, case: Path) -> None:
    altered(record, provenance__kit="0.0.9", provenance__packages__numpy="1.0")
    with_its_pages(record)
    manifested(record, case)
    assert found(record).state == "holds"


def test_who_claims_another_kit_cannot_put_anything_on_a_page(record: Path, case: Path) -> None:
    altered(record, provenance__kit="0.0.9")
    with_its_pages(record)
    (record / "record.html").write_text("<h1>Use ML.</h1>", encoding="utf-8")
    manifested(record, case)
    one = found(record)
    assert codes(one) == ["kit-changed.page"]
    assert one.findings[0].figures == {"file": "record.html"}
    assert one.state == "kit-changed"


def test_a_stamp_is_a_stamp_and_no_other_sentence(record: Path, case: Path) -> None:
    page = record / "record.html"
    text = page.read_text(encoding="utf-8")
    for put in ('<p class="made">Approved by the board.</p>',
                '<p class="made">This page was made on Approved 1, 2027, by all.</p>',
                '<p class="changed-since" role="status">All is well.</p>'):  # fmt: skip
        forged = text.replace("<body>", f"<body>{put}", 1)
        assert forged != text
        page.write_text(forged, encoding="utf-8", newline="")
        manifested(record, case)
        assert codes(found(record)) == ["tampered.page"]


def test_what_the_manifest_leaves_out_is_found(record: Path, case: Path) -> None:
    (record / "notebooks").mkdir()
    (record / "notebooks" / "06_approved.ipynb").write_text("{}", encoding="utf-8")
    assert codes(found(record)) == ["tampered.unnamed"]
    shutil.rmtree(record / "notebooks")
    (record / "note.txt").write_text("mine", encoding="utf-8")  # what people put beside it
    assert codes(found(record)) == ["holds"]
    (record / "record.md").unlink()
    manifested(record, case)
    assert codes(found(record)) == ["tampered.unnamed"]


def test_a_failed_case_has_no_record(record: Path, case: Path) -> None:
    write_manifest(record, id="mails", state="failed", case=str(case))
    assert codes(found(record)) == ["tampered.file"]


@pytest.mark.parametrize("address", ["s3://bucket/x", "reference://c::/tmp/refs.json"])
def test_no_address_of_a_manifest_is_fetched(record: Path, address: str) -> None:
    manifested(record, address)
    assert codes(found(record)) == ["unreadable.elsewhere"]


def test_strange_manifests_and_records_are_said(record: Path, case: Path) -> None:
    known = json.loads((record / MANIFEST).read_text())
    (record / MANIFEST).write_text(json.dumps({**known, "settings": {"overrides": "abc"}}))
    assert codes(found(record)) == ["tampered.file"]
    (record / MANIFEST).write_text(json.dumps({**known, "files": {**known["files"], "a\0b": "1"}}))
    assert codes(found(record)) == ["tampered.missing"]
    altered(record, provenance__seed=-1)
    assert "unreadable.case" in codes(found(record))


def test_where_the_case_is(record: Path, case: Path, tmp_path: Path) -> None:
    moved = case.rename(tmp_path / "moved") / "case.yaml"
    assert codes(found(record)) == ["unreadable.case"]
    again = tmp_path / "mails"
    again.mkdir()
    shutil.copy(moved, again)
    assert codes(found(record, case=again)) == ["holds"]
    (record / MANIFEST).unlink()
    assert codes(found(record)) == ["unreadable.no-case"]


@pytest.mark.parametrize("content", [None, b"", b"{}", b"\xff\xfe", b'{"schema": "other"}'])
def test_no_record(record: Path, content: bytes | None) -> None:
    (record / "record.json").unlink()
    if content is not None:
        (record / "record.json").write_bytes(content)
    assert codes(found(record)) == ["unreadable.record"]


def test_overrides_are_those_of_the_run(case: Path, tmp_path: Path) -> None:
    out = tmp_path / "records" / "mails"
    out.mkdir(parents=True)
    given = {"title": "Another?"}
    record = Walk(load_case(case, given), draws=256).record()
    (out / "record.json").write_text(record.to_json(), encoding="utf-8", newline="")
    assert record.provenance.overrides == given
    with_its_pages(out)
    assert "title = Another?" in (out / "record.html").read_text(encoding="utf-8")
    manifested(out, case, overrides=given)
    assert read_manifest(out) is not None
    assert codes(found(out)) == ["holds"]


def test_lists_with_names_are_compared_by_name(case: Path) -> None:
    record = Walk(load_case(case), draws=256).record()
    turned = record.model_copy(update={"options": record.options[::-1]})
    assert moves(record, turned) == []


def call(*words: object) -> Any:
    return CliRunner().invoke(app, ["verify", *map(str, words)])


def test_the_command(record: Path, case: Path, tmp_path: Path) -> None:
    written(case, tmp_path / "records" / "other")
    good = call(tmp_path / "records")
    assert good.exit_code == 0
    assert "2 of 2 records hold." in good.stdout
    altered(record, options__0__p_loss=0.25)
    bad = call(tmp_path / "records", "--lang", "ja")
    assert bad.exit_code == 1
    assert "p_loss: 0.25 → " in bad.stdout
    said = json.loads(call(record, "--json").stdout)["records"][0]
    assert (said["id"], said["state"], len(said["moved"])) == ("mails", "tampered", 1)


def test_a_wrong_call(tmp_path: Path, record: Path, case: Path) -> None:
    assert call(tmp_path / "nothing").exception.faults[0].code == "no-record"
    (tmp_path / "empty").mkdir()
    assert call(tmp_path / "empty").exception.faults[0].code == "no-record"
    written(case, tmp_path / "records" / "other")
    wrong = call(tmp_path / "records", "--case", case)
    assert wrong.exception.faults[0].code == "verify-one"
