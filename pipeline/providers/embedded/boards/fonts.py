"""The type faces of the boards: font packages that were installed with the project, and those inside Typst."""

from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

import typst

from pipeline.errors import OperatorError

PACKAGES = ("font_hanken_grotesk", "font_source_sans_pro")


@lru_cache(maxsize=1)
def fonts() -> typst.Fonts:
    """All faces a board may use; fonts of the operating system are left out, so that boards look alike everywhere."""
    return typst.Fonts(include_system_fonts=False, font_paths=[str(_folder(name)) for name in PACKAGES])


def _folder(package: str) -> Path:
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        name = package.replace("_", "-")
        raise OperatorError(f"The font package {name} is missing: run `pip install -r requirements.txt`.")
    return Path(spec.submodule_search_locations[0]) / "files"
