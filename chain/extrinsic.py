"""Extrinsics: version 4 signed, version 4 and 5 bare.

    length ++ 0x84 ++ address ++ signature ++ explicit extensions ++ call        signed
    length ++ 0x04 | 0x05 ++ call                                                bare

What is signed: call ++ explicit extensions ++ implicit extensions, hashed when longer than 256 bytes.

Source: sp_runtime::generic::UncheckedExtrinsic
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from chain.errors import DecodeError
from chain.hashing import blake2_256
from chain.scale.codec import Codec
from chain.scale.compact import decode_compact, encode_compact
from chain.scale.hints import codec_of
from chain.types import AccountId, Id, MultiAddress, MultiSignature

SIGNED_V4 = 0x84
BARE = (0x04, 0x05)


@dataclass(frozen=True, slots=True)
class Extrinsic:
    """A decoded extrinsic. `raw` is what came, length included; `extensions` are the explicit values in wire order."""

    raw: bytes
    call: Any
    call_bytes: bytes
    address: MultiAddress | None = None
    signature: MultiSignature | None = None
    extensions: tuple[Any, ...] = ()
    explicit: bytes = b""

    @property
    def hash(self) -> bytes:
        """The extrinsic hash: BLAKE2b-256 of its bytes, length included."""
        return blake2_256(self.raw)


def signed_payload(call: bytes, explicit: bytes, implicit: bytes) -> bytes:
    """The message that an account signs."""
    payload = call + explicit + implicit
    return payload if len(payload) <= 256 else blake2_256(payload)


class ExtrinsicFormat:
    """How one runtime's extrinsics are read and written: its call and the explicit parts of its extensions."""

    def __init__(self, call: Codec, extensions: Sequence[Codec]) -> None:
        self.call, self.extensions = call.ready(), tuple(codec.ready() for codec in extensions)
        self._address = codec_of(MultiAddress)
        self._signature = codec_of(MultiSignature)

    def decode(self, raw: bytes) -> Extrinsic:
        """The extrinsic that `raw` is the whole encoding of. Raises: DecodeError."""
        try:
            size, at = decode_compact(raw, 0)
        except DecodeError as error:
            raise error.within("extrinsic") from None
        if size != len(raw) - at:
            raise DecodeError(f"the extrinsic announces {size} bytes and has {len(raw) - at}", ("extrinsic",))
        if size == 0:
            raise DecodeError("an extrinsic has a version byte", ("extrinsic",))
        version = raw[at]
        try:
            if version == SIGNED_V4:
                return self._decode_signed(raw, at + 1)
            if version in BARE:
                call, end = self.call.decode(raw, at + 1)
                self._ensure_whole(raw, end)
                return Extrinsic(raw, call, raw[at + 1 :])
        except DecodeError as error:
            raise error.within("extrinsic") from None
        raise DecodeError(f"version byte {version:#04x} is none of 0x84, 0x04, 0x05", ("extrinsic",))

    def _decode_signed(self, raw: bytes, at: int) -> Extrinsic:
        address, at = self._address.decode(raw, at)
        signature, at = self._signature.decode(raw, at)
        start, values = at, []
        for codec in self.extensions:
            value, at = codec.decode(raw, at)
            values.append(value)
        call, end = self.call.decode(raw, at)
        self._ensure_whole(raw, end)
        return Extrinsic(raw, call, raw[at:], address, signature, tuple(values), raw[start:at])

    @staticmethod
    def _ensure_whole(raw: bytes, at: int) -> None:
        if at != len(raw):
            raise DecodeError(f"{len(raw) - at} bytes are left over")

    def encode_bare(self, call: bytes, version: int = 5) -> bytes:
        """A bare extrinsic around an encoded call."""
        return encode_compact(len(call) + 1) + bytes([version]) + call

    def encode_signed(self, account: AccountId, signature: MultiSignature, explicit: bytes, call: bytes) -> bytes:
        """A signed extrinsic around an encoded call."""
        body = (
            bytes([SIGNED_V4]) + self._address.encode(Id(account)) + self._signature.encode(signature) + explicit + call
        )
        return encode_compact(len(body)) + body

    def encode_explicit(self, values: Sequence[Any]) -> bytes:
        """The explicit extension values, in wire order."""
        return b"".join(codec.encode(value) for codec, value in zip(self.extensions, values, strict=True))
