"""Metadata V14 and V15: what clients know of a runtime, derived from its declarations alone.

Source: frame_metadata
"""

from __future__ import annotations

from collections.abc import Iterable

from chain.scale.codec import Codec, doc_lines
from chain.scale.compact import encode_compact
from chain.scale.registry import TypeRegistry, encode_option, encode_text, encode_texts
from chain.types import MultiAddress, MultiSignature
from runtime.frame.apis import NamedUnit, RuntimeApi
from runtime.frame.construct import Construct, WirePallet
from runtime.frame.pallet import attribute_docs
from runtime.frame.storage import Accessor, Setting, StorageItem

VERSIONS = (14, 15)
EXTRINSIC_VERSION = 4


def encode_metadata(construct: Construct, version: int) -> bytes:
    """The metadata of a runtime, magic and version included; made once."""
    if version not in construct.metadata:
        construct.metadata[version] = MetadataWriter(construct, version).encode()
    return construct.metadata[version]


def _vec(items: Iterable[bytes]) -> bytes:
    listed = list(items)
    return encode_compact(len(listed)) + b"".join(listed)


def _bytes(raw: bytes) -> bytes:
    return encode_compact(len(raw)) + raw


class MetadataWriter:
    """Writes one metadata blob."""

    def __init__(self, construct: Construct, version: int) -> None:
        self.construct, self.version = construct, version
        self.types = TypeRegistry()

    def encode(self) -> bytes:
        body = self._pallets() + (self._extrinsic_v14() if self.version == 14 else self._extrinsic_v15())
        body += self._id(NamedUnit("node_subtensor_runtime::Runtime"))
        if self.version == 15:
            body += self._apis() + self._outer_enums() + encode_compact(0)
        # the registry is written last, being complete only now, and stands first
        return b"meta" + bytes([self.version]) + self.types.encode() + body

    def _id(self, codec: Codec) -> bytes:
        return encode_compact(self.types.id_of(codec))

    def _pallets(self) -> bytes:
        return _vec(self._pallet(wire) for wire in self.construct.wire)

    def _pallet(self, wire: WirePallet) -> bytes:
        construct = self.construct
        calls = construct.calls.get(wire.index)
        event, error = (outer.pallets.get(wire.index) for outer in (construct.event, construct.error))
        parts = [
            encode_text(wire.name),
            encode_option(self._storage(wire)),
            encode_option(None if calls is None else self._id(calls)),
            encode_option(None if event is None else self._id(event[1])),
            self._constants(wire),
            encode_option(None if error is None else self._id(error[1])),
            bytes([wire.index]),
        ]
        if self.version == 15:
            parts.append(encode_texts(doc_lines(wire.sections[0].__doc__)))
        return b"".join(parts)

    def _storage(self, wire: WirePallet) -> bytes | None:
        entries = []
        for section in wire.sections:
            docs = attribute_docs(section) if section.storage else {}
            for name, item in section.storage.items():
                entries.append(self._entry(item, self.construct.accessors[section][name], docs.get(name, ())))
        return encode_text(wire.name) + _vec(entries) if entries else None

    def _entry(self, item: StorageItem, accessor: Accessor, docs: tuple[str, ...]) -> bytes:
        if accessor.keys:
            hashers = _vec(bytes([h.index]) for _, h in accessor.keys)
            shape = b"\1" + hashers + self._id(self.construct.codecs.find(item.hints[0])) + self._id(accessor.value)
        else:
            shape = b"\0" + self._id(accessor.value)
        modifier = b"\0" if accessor.optional else b"\1"
        return encode_text(item.name) + modifier + shape + _bytes(accessor.default_bytes()) + encode_texts(docs)

    def _constants(self, wire: WirePallet) -> bytes:
        rows = []
        for section in wire.sections:
            docs = attribute_docs(section) if section.constants else {}
            for name, constant in section.constants.items():
                if isinstance(constant, Setting):
                    continue
                codec = self.construct.codecs.of(constant.hint)
                value = self.construct.values[section][name]
                rows.append(
                    encode_text(name) + self._id(codec) + _bytes(codec.encode(value)) + encode_texts(docs.get(name, ()))
                )
        return _vec(rows)

    def _extensions(self) -> bytes:
        codecs = self.construct.codecs
        return _vec(
            encode_text(e.identifier) + self._id(own) + self._id(codecs.find(e.implicit))
            for e, own in zip(self.construct.extensions, self.construct.extension_codecs, strict=True)
        )

    def _extrinsic_v14(self) -> bytes:
        return self._id(self.construct.extrinsic) + bytes([EXTRINSIC_VERSION]) + self._extensions()

    def _extrinsic_v15(self) -> bytes:
        codecs = self.construct.codecs
        ids = (
            codecs.find(MultiAddress),
            self.construct.call,
            codecs.find(MultiSignature),
            dict(self.construct.extrinsic.params)["Extension"],
        )
        return bytes([EXTRINSIC_VERSION]) + b"".join(self._id(c) for c in ids if c is not None) + self._extensions()

    def _outer_enums(self) -> bytes:
        return b"".join(map(self._id, (self.construct.call, self.construct.event, self.construct.error)))

    def _apis(self) -> bytes:
        return _vec(self._api(api) for api in self.construct.cls.apis)

    def _api(self, api: type[RuntimeApi]) -> bytes:
        methods = _vec(
            encode_text(m.name)
            + _vec(encode_text(n.rstrip("_")) + self._id(c) for n, c in m.arguments)
            + self._id(m.result)
            + encode_texts(doc_lines(m.docs))
            for m in api.methods(self.construct.codecs)
        )
        return encode_text(api.__name__) + methods + encode_texts(doc_lines(api.__doc__))
