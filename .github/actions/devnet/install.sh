#!/usr/bin/env bash
# Install the program from the release that this action is of, in an environment of its own.
set -euo pipefail

cd "$GITHUB_ACTION_PATH/../../.."
# the node runs without these; then only the explorer page is not complete
python3 -m node.explorer.vendor || echo "::warning::the explorer page is not complete"
python3 -m venv "$RUNNER_TEMP/taonet"
"$RUNNER_TEMP/taonet/bin/python" -m pip install --quiet --disable-pip-version-check .
