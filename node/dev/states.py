"""The whole state of a chain at one block, to begin another chain with: from this node, from a file, from a node.

A state file is JSON, the same bytes for the same state. Its keys are checked against the root in its header.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from chain.block import Header
from chain.blockchain import Blockchain
from chain.errors import ChainError, DecodeError
from chain.keys import Keypair
from chain.overrides import DEV_KEY
from chain.scale.hints import decode
from chain.state import State
from chain.trie.tree import Trie
from chain.types import H256
from node.chain_spec import ChainSpec
from runtime.code import CODE_KEY, RuntimeCode
from runtime.frame.construct import construct_of
from runtime.pallets.aura import AuraId
from runtime.taonet import SPEC_NAME, Taonet, runtime_of

FORMAT = "taonet-state"
VERSION = 1


class StateFileError(ChainError):
    """A state that cannot be used or written; the message names where it is from and what is wrong."""


@dataclass(frozen=True, slots=True)
class TakenState:
    """A state, the header of the block that it is of, and which chain that is."""

    where: str
    """Where it is from, for errors."""
    name: str
    id: str
    chain_type: str
    properties: dict[str, Any]
    genesis_hash: H256
    header: Header
    top: dict[bytes, bytes]

    def check(self) -> None:
        """Raises: StateFileError for keys that do not give the root in the header."""
        root = self.state().root()
        if root != self.header.state_root:
            raise StateFileError(
                f"{self.where}: its {len(self.top)} keys give the root 0x{root.hex()}, "
                f"block {self.header.number} has 0x{self.header.state_root.hex()}"
            )

    def state(self) -> State:
        """The state, in memory."""
        state = State(Trie.empty())
        for key, value in self.top.items():
            state.set(key, value)
        return state

    def spec(self) -> ChainSpec:
        """A chain spec that tells clients which chain this is."""
        return ChainSpec(self.name, self.id, self.chain_type, self.properties, {}, None, self.top)

    def to_json(self) -> str:
        """The text of a state file."""
        body = {
            "format": FORMAT,
            "version": VERSION,
            "name": self.name,
            "id": self.id,
            "chainType": self.chain_type,
            "properties": dict(sorted(self.properties.items())),
            "genesisHash": f"0x{self.genesis_hash.hex()}",
            "number": self.header.number,
            "header": f"0x{self.header.encode().hex()}",
            "top": {f"0x{key.hex()}": f"0x{value.hex()}" for key, value in sorted(self.top.items())},
        }
        return json.dumps(body, indent=1) + "\n"


def take_state(chain: Blockchain, spec: ChainSpec, block: H256) -> TakenState:
    """The state after a block of a chain. Raises: UnknownBlock, StateDiscarded."""
    trie = chain.trie(block)
    pairs = ((key, trie.get(key)) for key in trie.keys())  # noqa: SIM118  a trie is no dict
    top = {key: value for key, value in pairs if value is not None}
    header = chain.expect_header(block)
    where = f"block {header.number} of {spec.name}"
    return TakenState(where, spec.name, spec.id, spec.chain_type, spec.properties, chain.genesis_hash, header, top)


def write_state(taken: TakenState, path: Path) -> None:
    """Write a state file, whole or not at all. Raises: StateFileError."""
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(handle, "w") as stream:
                stream.write(taken.to_json())
                stream.flush()
                os.fsync(stream.fileno())
            os.chmod(name, 0o644)
            os.replace(name, path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise StateFileError(f"state file {path}: cannot be written: {error.strerror or error}") from None


def read_state(path: Path) -> TakenState:
    """The state in a file. Raises: StateFileError for one that is cut short, changed, or something else."""
    where = f"state file {path}"
    try:
        body: Any = json.loads(path.read_text())
    except (OSError, UnicodeDecodeError) as error:
        raise StateFileError(f"{where}: {getattr(error, 'strerror', None) or error}") from None
    except ValueError as error:
        raise StateFileError(f"{where}: not JSON, perhaps cut short: {error}") from None
    if not isinstance(body, dict) or body.get("format") != FORMAT:
        raise StateFileError(f"{where}: not a state file (no format {FORMAT!r})")
    if body.get("version") != VERSION:
        raise StateFileError(f"{where}: version {body.get('version')!r}; this program reads version {VERSION}")
    try:
        header: Header = decode(Header, _hex(body["header"]))
        top = {_hex(key): _hex(value) for key, value in body["top"].items()}
        named = (str(body["name"]), str(body["id"]), str(body["chainType"]), dict(body["properties"]))
        taken = TakenState(where, *named, H256(_hex(body["genesisHash"])), header, top)
    except KeyError as error:
        raise StateFileError(f"{where}: field {error} is missing") from None
    except (ValueError, TypeError, AttributeError, DecodeError) as error:
        raise StateFileError(f"{where}: cannot be read: {error}") from None
    taken.check()
    return taken


def _hex(text: str) -> bytes:
    if not text.startswith("0x"):
        raise ValueError(f"{text[:20]!r} is not hexadecimal")
    return bytes.fromhex(text[2:])


def begin_with(chain: Blockchain, taken: TakenState, authorities: Sequence[Keypair]) -> H256:
    """Begin a chain with a taken state; the hash of its first block, which is the taken one's if nothing had to change.

    What may have to change: that the state may be written by hand, a runtime that this program does not have, and
    authorities none of whose keys (sr25519, ed25519) are here. Raises: DatabaseError, InvalidBlock.
    """
    state = taken.state()
    if state.get(DEV_KEY) is None:
        state.set(DEV_KEY, b"\1")
    code = RuntimeCode.parse(state.get(CODE_KEY) or b"")
    if code is None or code.spec_name != SPEC_NAME:
        state.set(CODE_KEY, Taonet(state, construct_of(Taonet)).code().encode())
    runtime = runtime_of(state)
    ours = {key.public for key in authorities}
    if authorities and not ours & set(runtime.aura.Authorities):
        runtime.aura.Authorities = tuple(AuraId(key.public) for key in authorities)
    root = H256(state.root())
    header = taken.header if root == taken.header.state_root else replace(taken.header, state_root=root)
    return chain.create(state, header, taken.genesis_hash)
