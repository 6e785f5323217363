#!/usr/bin/env bash
# Print the log of a devnet, and end the devnet as a user would.
set -euo pipefail

echo "::group::The devnet's log"
cat "$LOG"
echo "::endgroup::"
kill "$PID" 2>/dev/null || { echo "::error::the devnet had ended"; exit 1; }
for _ in {1..100}; do
  kill -0 "$PID" 2>/dev/null || exit 0
  sleep 0.1
done
echo "::error::the devnet does not end"
exit 1
