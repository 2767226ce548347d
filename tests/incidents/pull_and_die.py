"""Pull a source of numbered lines, telling each piece that was stored: python -m tests.incidents.pull_and_die URL NAME LINES."""

import sys

from pipeline.database import open_database
from pipeline.incidents import Incidents
from pipeline.logs import Entry
from tests.incidents.conftest import Written, error, line


def entries(lines: int) -> list[Entry]:
    """Every third is an error; every other has an id that any source may bring."""
    return [(error if n % 3 == 0 else line)(
        n, f"Request r{n % 7} failed: cause number {'abcdefg'[n % 7] * 4}", request_id=f"r{n % 7}",
        **({"id": f"insert-{n}"} if n % 2 else {})) for n in range(lines)]


def main(url: str, name: str, lines: int) -> None:
    incidents = Incidents(open_database(url))
    print("ready", flush=True)
    sys.stdin.readline()
    incidents.pull(Written(entries(lines), name, at_once=5), told=lambda so_far: print(so_far.lines, flush=True))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
