"""What an upload may hold, where it lands, and what is refused in one sentence."""

import io
import stat
import zipfile
from pathlib import Path

import pytest

from console.foundation import unpacking
from console.foundation.unpacking import Upload, unpack
from pipeline.doctor import CannotLook
from tests.console.trees import zipped


def zip_of(*entries: tuple[zipfile.ZipInfo | str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for entry, content in entries:
            archive.writestr(entry, content)
    return buffer.getvalue()


def link(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name)
    entry.external_attr = (stat.S_IFLNK | 0o777) << 16
    return entry


def lying(content: bytes) -> bytes:
    """A zip that says that its one entry is ten bytes long."""
    packed = bytearray(zip_of(("a.py", content)))
    for start, at in ((packed.find(b"PK\x01\x02"), 24), (0, 22)):
        packed[start + at:start + at + 4] = (10).to_bytes(4, "little")
    return bytes(packed)


def encrypted() -> bytes:
    packed = bytearray(zip_of(("a.py", b"x = 1")))
    for start, at in ((packed.find(b"PK\x01\x02"), 8), (0, 6)):
        packed[start + at] |= 1
    return bytes(packed)


@pytest.mark.parametrize(("name", "content", "said"), [
    ("a.zip", b"PK nonsense", "cannot be unpacked"),
    ("a.zip", encrypted(), "cannot be unpacked"),
    ("a.zip", lying(b"#" * 1000), "cannot be unpacked"),
    ("a.zip", zip_of(("../a.py", b"")), "leads outside"),
    ("a.zip", zip_of(("x/../../a.py", b"")), "leads outside"),
    ("a.zip", zip_of(("/etc/a.py", b"")), "leads outside"),
    ("a.zip", zip_of(("..\\a.py", b"")), "leads outside"),
    ("a.zip", zip_of(("C:/a.py", b"")), "leads outside"),
    ("a.zip", zip_of(("a\n.py", b"")), "leads outside"),
    ("a.zip", zip_of((link("a.py"), b"/etc/passwd")), "symbolic link"),
    ("a.zip", zip_of(("a.py", b"#" * (unpacking.UNPACKED_BYTES + 1))), "larger than 8 MB when unpacked"),
    ("a.zip", zip_of(*((f"{n}.txt", b"") for n in range(unpacking.FILES + 1))), "2,000 are allowed"),
    ("a.zip", zipped({"a.py": "x"}, zipfile.ZIP_LZMA), "usual compression"),
    ("a.zip", zip_of(("a.py/b.py", b""), ("a.py", b"")), "Two files"),
    ("a.zip", zip_of(("a.py", b""), ("a.py/b.py", b"")), "in its way"),
    ("a.zip", zip_of((f"{'a' * 300}.py", b"")), "too long"),
    ("a.zip", zip_of(("a.txt", b"")), "no Python file"),
    ("a.py", b"#" * (unpacking.PACKED_BYTES + 1), "larger than 5 MB"),
    ("../a.py", b"", "leads outside"),
    ("a.exe", b"", "neither a .py nor a .zip"),
], ids=["damaged", "encrypted", "lies", "up", "up-inside", "absolute", "backslash", "drive", "control", "link", "bomb", "many",
        "lzma", "twice", "file-as-folder", "long", "no-python", "large", "name", "kind"])
def test_what_is_refused_leaves_nothing_outside(tmp_path: Path, name: str, content: bytes, said: str) -> None:
    folder = tmp_path / "inner" / "upload"
    folder.mkdir(parents=True)
    with pytest.raises(CannotLook, match=said) as refused:
        unpack([Upload(name, content)], folder)
    assert "\n" not in str(refused.value) and str(tmp_path) not in str(refused.value)
    assert [path for path in tmp_path.rglob("*") if folder not in (path, *path.parents)] == [folder.parent]


def test_the_limits_hold_for_all_uploads_together(tmp_path: Path) -> None:
    half = zip_of(("a.py", b"#" * (unpacking.UNPACKED_BYTES // 2 + 1)))
    other = zip_of(("b.py", b"#" * (unpacking.UNPACKED_BYTES // 2 + 1)))
    with pytest.raises(CannotLook, match="larger than 8 MB when unpacked"):
        unpack([Upload("a.zip", half), Upload("b.zip", other)], tmp_path)


def test_a_zip_of_one_folder_is_examined_at_that_folder_and_only_python_lands(tmp_path: Path) -> None:
    place = unpack([Upload("s.zip", zipped({"shop/models.py": "x = 1", "shop/data.bin": "y", "__MACOSX/shop/._models.py": "z"}))],
                   tmp_path)
    assert place == tmp_path / "shop"
    assert [path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.*")] == ["shop/models.py"]


def test_several_files_land_side_by_side(tmp_path: Path) -> None:
    assert unpack([Upload("a.py", b"x"), Upload("b.py", b"y")], tmp_path) == tmp_path
    assert {path.name for path in tmp_path.iterdir()} == {"a.py", "b.py"}
