#!/usr/bin/env bash
# All tests in two halves side by side, because many of them wait: for browsers, workers, locks. 0 when both halves passed.
# The second half is told whole when it has ended. Options go to both: tests/side_by_side.sh -x
set -uo pipefail
cd "$(dirname "$0")/.."
python=.venv/bin/python
scratch=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null; rm -rf "$scratch"' EXIT
slow="tests/real tests/notebooks tests/console tests/work tests/browser"
quick=()
for path in tests/*/ tests/test_*.py; do
  path=${path%/}
  [[ " $slow " == *" $path "* || $path == tests/__pycache__ || $path == tests/bench ]] || quick+=("$path")
done
# shellcheck disable=SC2086  # words are meant
$python -m pytest $slow --basetemp="$scratch/slow" "$@" > "$scratch/slow.txt" 2>&1 &
other=$!
$python -m pytest "${quick[@]}" --basetemp="$scratch/quick" "$@"
first=$?
wait "$other"
second=$?
cat "$scratch/slow.txt"
exit $(( first || second ))
