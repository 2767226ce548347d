"""drain3 alone over messages, one a line, run in an environment of its own: seconds, seconds of processor, templates."""

import sys
import time
from pathlib import Path

from drain3 import TemplateMiner
from drain3.masking import MaskingInstruction
from drain3.template_miner_config import TemplateMinerConfig

MASKS = ((r"[0-9a-fA-F]{8}-[0-9a-fA-F-]{27}", "ID"), (r"\d+\.\d+\.\d+\.\d+", "IP"), (r"0x[0-9a-f]+", "HEX"), (r"\d+", "NUM"))


def main(path: Path) -> None:
    config = TemplateMinerConfig()
    config.masking_instructions = [MaskingInstruction(pattern, name) for pattern, name in MASKS]
    miner = TemplateMiner(config=config)
    with path.open(encoding="utf-8") as messages:
        began, busy = time.perf_counter(), time.process_time()
        for message in messages:
            miner.add_log_message(message.rstrip("\n"))
    print(time.perf_counter() - began, time.process_time() - busy, len(miner.drain.clusters))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
