"""One pull of files of logs by itself: python -m tests.bench._pull URL PROCESSES FILE…; prints what it brought and took."""

import json
import resource
import sys
import time
from pathlib import Path

from pipeline.database import open_database
from pipeline.incidents import Incidents
from pipeline.logs import given_files


def main(url: str, processes: int, files: list[Path]) -> None:
    incidents = Incidents(open_database(url))
    began = time.perf_counter()
    pulled = incidents.pull(given_files(files, whole=True), processes=processes)
    seconds = time.perf_counter() - began
    used = [resource.getrusage(whose) for whose in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    print(json.dumps({"lines": pulled.lines, "errors": pulled.errors, "groups": len(pulled.new_groups), "seconds": seconds,
                      "busy": sum(one.ru_utime + one.ru_stime for one in used)}))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), [Path(name) for name in sys.argv[3:]])
