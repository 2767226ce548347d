"""What a mistaken or hostile file gets: one sentence, and no half of a book."""

import io
import tarfile
import zipfile
from pathlib import Path

import pytest

from pipeline.errors import OperatorError
from pipeline.reading import read
from pipeline.reading.limits import MEMBER
from tests.reading import osbooks

SPANISH = "El agua de los ríos corre hacia el mar porque la tierra está inclinada y nada la detiene en su camino. " * 20


def refused(path: Path) -> str:
    with pytest.raises(OperatorError) as fault:
        read(path)
    message = str(fault.value)
    assert "\n" not in message and len(message) < 300
    return message


def changed(home: Path, file: str, old: str, new: str) -> Path:
    files = osbooks.files()
    files[file] = files[file].replace(old, new)
    return osbooks.folder(home, files)


@pytest.mark.parametrize("name", ["a.tar.gz", "a.zip"])
@pytest.mark.parametrize("share", [0.3, 0.9])
def test_an_archive_that_is_cut_off(tmp_path: Path, name: str, share: float):
    whole = (osbooks.zipped if name.endswith("zip") else osbooks.tarred)(tmp_path / name, osbooks.files())
    whole.write_bytes(whole.read_bytes()[:int(whole.stat().st_size * share)])
    assert "is cut off or damaged and nothing of it was kept" in refused(whole)


@pytest.mark.parametrize("climbing", ["../evil.txt", "/etc/evil", "modules/../../evil", "..\\evil", "C:\\evil"])
@pytest.mark.parametrize("name", ["a.tar.gz", "a.zip"])
def test_an_archive_whose_paths_climb_out(tmp_path: Path, name: str, climbing: str):
    pack = osbooks.zipped if name.endswith("zip") else osbooks.tarred
    assert "holds a path that climbs out" in refused(pack(tmp_path / name, osbooks.files() | {climbing: "x"}))
    assert not (tmp_path.parent / "evil.txt").exists()


def test_a_checkout_with_a_link_that_leads_out(tmp_path: Path):
    home = osbooks.folder(tmp_path / "book", osbooks.files())
    (tmp_path / "outside").write_text("secret")
    (home / "modules/m5/index.cnxml").unlink()
    (home / "modules/m5/index.cnxml").symlink_to(tmp_path / "outside")
    assert "is a link that leads out of book" in refused(home)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_an_entity_bomb(tmp_path: Path, encoding: str):
    bomb = f"""<?xml version="1.0" encoding="{encoding}"?><!DOCTYPE d [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>
        <document xmlns="http://cnx.rice.edu/cnxml"><title>x</title><content><para>&b;</para></content></document>"""
    home = osbooks.folder(tmp_path, osbooks.files())
    (home / "modules/m3/index.cnxml").write_bytes(bomb.encode(encoding))
    assert "m3/index.cnxml declares XML entities and was refused" in refused(home)


def test_an_entity_that_nobody_declared(tmp_path: Path):
    assert "m5/index.cnxml is not sound XML" in refused(changed(tmp_path, "modules/m5/index.cnxml", "fastest", "&fast;"))


def test_nesting_without_end(tmp_path: Path):
    deep = "<section>" * 5000 + "x" + "</section>" * 5000
    assert "m5/index.cnxml is not sound XML" in refused(changed(tmp_path, "modules/m5/index.cnxml", "<section>", deep + "<section>"))


def test_a_zip_that_unpacks_to_far_more_than_a_book(tmp_path: Path):
    archive = tmp_path / "bomb.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("modules/m1/index.cnxml", b"\0" * (MEMBER + 1))
    assert "unpacks to far more than a book" in refused(archive)


def test_a_tar_that_unpacks_to_far_more_than_a_book(tmp_path: Path):
    archive = tmp_path / "bomb.tar.gz"
    with tarfile.open(archive, "w:gz") as file:
        member = tarfile.TarInfo("media/film.mp4")
        member.size = 80 * 1024 * 1024
        file.addfile(member, io.BytesIO(bytes(member.size)))
    assert "unpacks to far more than a book" in refused(archive)


def test_a_pdf_of_500_mb_is_not_opened(tmp_path: Path):
    huge = tmp_path / "huge.pdf"
    with huge.open("wb") as file:
        file.truncate(500 * 1024 * 1024)  # a hole: no disk is used
    assert refused(huge) == "huge.pdf has 500 MB and at most 200 MB are read: split it into smaller files."


def test_a_pdf_that_is_none(tmp_path: Path):
    (tmp_path / "a.pdf").write_bytes(b"%PDF-1.7\nnothing else")
    assert "a.pdf is cut off or damaged and cannot be read as PDF" in refused(tmp_path / "a.pdf")


def test_a_book_that_says_it_is_in_another_language(tmp_path: Path):
    home = changed(tmp_path, "collections/rivers.collection.xml", "<md:language>en<", "<md:language>es<")
    assert refused(home) == ("“Rivers” is in Spanish and lessons are made in English: "
                             "choose an edition in that language or ask for “es” by name.")
    assert read(home, languages=("en", "es")).language == "es"


def test_a_book_whose_words_are_of_another_language(tmp_path: Path):
    (tmp_path / "rios.md").write_text(f"# Ríos\n\n{SPANISH}", encoding="utf-8")
    assert "“Ríos” does not read as English" in refused(tmp_path / "rios.md")


@pytest.mark.parametrize(("name", "data"), [("a.md", b""), ("a.html", b""), ("a.html", b"<html><body></body></html>"), ("a.md", b"\xff\0")])
def test_a_file_without_text(tmp_path: Path, name: str, data: bytes):
    (tmp_path / name).write_bytes(data)
    assert f"{name} " in refused(tmp_path / name)


def test_a_repository_whose_modules_are_empty(tmp_path: Path):
    empty = {key: osbooks.module("x", "") for key in osbooks.MODULES}
    home = osbooks.folder(tmp_path / "void", osbooks.files() | {f"modules/{key}/index.cnxml": text for key, text in empty.items()})
    assert refused(home) == "void has no text to read: choose a book that has."


def test_a_folder_that_is_no_repository(tmp_path: Path):
    assert "holds no book" in refused(tmp_path)


def test_a_module_that_the_collection_names_and_nobody_has(tmp_path: Path):
    home = osbooks.folder(tmp_path, osbooks.files())
    (home / "modules/m4/index.cnxml").unlink()
    assert refused(home) == "The module m4 of the collection is missing: get the whole repository again."


def test_a_kind_of_file_that_nobody_reads(tmp_path: Path):
    (tmp_path / "a.docx").write_bytes(b"x")
    assert "a.docx is of no kind that can be read" in refused(tmp_path / "a.docx")
    assert "There is no file or folder" in refused(tmp_path / "missing.pdf")
