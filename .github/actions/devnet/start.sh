#!/usr/bin/env bash
# Start a devnet in the background, wait until it answers, and tell url, log and pid to the steps that follow.
set -euo pipefail

log=$RUNNER_TEMP/taonet.log
arguments=(dev --rpc-port "$PORT")
for option in scenario preset sealing; do
  name=${option^^}
  [[ -z ${!name} ]] || arguments+=("--$option" "${!name}")
done

failed() {
  echo "::error::$1"
  cat "$log"
  exit 1
}

# in a session of its own, so that it outlives this step
setsid "$RUNNER_TEMP/taonet/bin/taonet" "${arguments[@]}" >"$log" 2>&1 </dev/null &
pid=$!
for _ in {1..600}; do
  kill -0 "$pid" 2>/dev/null || failed "the devnet did not start"
  url=$(grep -om1 'ws://[0-9.]*:[0-9]*' "$log" || true)
  if [[ -n $url ]] && curl --silent --fail --output "$RUNNER_TEMP/health.json" "${url/ws/http}/health"; then
    printf '%s\n' "url=$url" "log=$log" "pid=$pid" >>"$GITHUB_OUTPUT"
    echo "a devnet answers on $url"
    exit 0
  fi
  sleep 0.1
done
kill "$pid"
failed "the devnet does not answer"
