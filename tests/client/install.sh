#!/bin/sh
# Installs the real clients that tests/client drives, each in an environment of its own, below the folder given.
# substrate-interface and async-substrate-interface never share one: both bring a package named scalecodec.
set -eu
target=${1:?usage: install.sh FOLDER}
python=${PYTHON:-python3}
mkdir -p "$target"

venv() {
  name=$1
  shift
  [ -x "$target/$name/bin/python" ] || "$python" -m venv "$target/$name"
  "$target/$name/bin/python" -m pip install --quiet --disable-pip-version-check "$@"
}

venv psi substrate-interface==1.8.1
venv asi async-substrate-interface==2.2.1 bittensor-wallet==4.0.1
venv sdk10 bittensor==10.2.0 async-substrate-interface==1.6.4
venv sdk11 bittensor==11.0.0
venv btcli bittensor-cli==9.21.2
# what the speed of a devnet is compared with
venv eth-tester eth-tester==0.14.0b1 py-evm==0.12.1b1

# The source package of SDK 11 has sample arguments for all that it reads and submits.
if [ ! -d "$target/sdk11-source" ]; then
  "$python" -m pip download --quiet --disable-pip-version-check --no-deps --no-binary :all: --dest "$target" bittensor==11.0.0
  mkdir "$target/sdk11-source"
  tar -xzf "$target/bittensor-11.0.0.tar.gz" --strip-components 1 -C "$target/sdk11-source"
fi

# The border versions of numpy, for the Python that runs the tests: epochs are the same with both.
packages() {
  name=$1
  shift
  [ -d "$target/$name" ] || "$python" -m pip install --quiet --disable-pip-version-check --no-deps --only-binary :all: \
    --target "$target/$name" "$@"
}

oldest=$("$python" -c 'import sys; print({11: "1.26.0", 12: "1.26.0", 13: "2.1.0"}.get(sys.version_info[1], "2.3.2"))')
packages numpy-oldest "numpy==$oldest"
packages numpy-newest "numpy<3"

npm_packages() {
  name=$1
  shift
  mkdir -p "$target/$name"
  [ -f "$target/$name/package.json" ] || echo '{"private": true, "type": "module"}' > "$target/$name/package.json"
  (cd "$target/$name" && npm install --silent --no-audit --no-fund "$@")
}

if command -v npm >/dev/null; then
  npm_packages pjs @polkadot/api@16.5.6
  npm_packages papi polkadot-api@1.23.3 @polkadot-labs/hdkd@0.0.28 @polkadot-labs/hdkd-helpers@0.0.30
else
  echo "no npm: the tests of @polkadot/api and polkadot-api will be skipped" >&2
fi
