"""From pallet classes to a runtime: every declaration gets its wire place, clashes are refused.

`Construct` is what is known of a runtime class before any block; `Runtime` is that class over one state.
"""

from __future__ import annotations

import sys
import typing
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Protocol

from chain.errors import DecodeError, DispatchError, ModuleError
from chain.extrinsic import ExtrinsicFormat
from chain.hashing import twox_128
from chain.scale.codec import Codec, Encode
from chain.scale.composites import EnumCodec, VariantOf
from chain.scale.containers import TupleCodec
from chain.scale.hints import Codecs
from chain.scale.registry import FieldDef, TypeDef, TypeRegistry, VariantDef
from chain.state import Base, State
from chain.types import H256, ApiId, MultiAddress, MultiSignature, RuntimeVersion
from runtime.code import RuntimeCode
from runtime.frame.apis import ApiMethod, ExtensionCodec, RuntimeApi, UncheckedExtrinsic, UncheckedExtrinsicCodec
from runtime.frame.call import BoundCall, PalletCallCodec, RuntimeCall, RuntimeCallCodec
from runtime.frame.errors import DispatchErrorCodec, ModuleErrorCode, Wire, with_post_info
from runtime.frame.extensions import TransactionExtension
from runtime.frame.origin import Origin, Root
from runtime.frame.pallet import Event, Pallet, PalletError
from runtime.frame.storage import Accessor, Constant, Decoded
from runtime.frame.weight import ZERO_WEIGHT, DispatchInfo, PostInfo, Weight


@dataclass(slots=True)
class Slot:
    """Where a pallet stands in a runtime: index, wire name (None: the class's), crate of its type paths."""

    index: int
    name: str | None
    crate: str | None
    attribute: str = ""

    def __set_name__(self, owner: type, name: str) -> None:
        self.attribute = name

    def __get__(self, runtime: Runtime | None, owner: type) -> Any:
        """The pallet of a runtime, at its first use."""
        if runtime is None:
            return self
        name = self.attribute
        found = runtime.__dict__[name] = runtime.sections[runtime.construct.attributes[name]]
        return found


def pallet(index: int, name: str | None = None, *, crate: str | None = None) -> Any:
    """Put a pallet into a runtime. Several classes with one index and name are sections of one wire pallet."""
    return Slot(index, name, crate)


class Guard(Protocol):
    """A check that runs before every dispatch by a signed origin, nested ones too.

    Source: frame_system::Config::DispatchExtension of the chain's SDK
    """

    weight: Weight
    applies_to: frozenset[tuple[str, str]] | None
    """Wire pallet and call; None for every call."""

    def check(self, runtime: Any, signer: bytes, call: RuntimeCall) -> None:
        """Raises: DispatchError if the call may not go on."""


@dataclass(frozen=True, slots=True)
class WirePallet:
    """One pallet as clients see it, and the classes that are its sections."""

    index: int
    name: str
    crate: str
    sections: tuple[type[Pallet], ...]


class EnumOfVariants(EnumCodec):
    """The events or the errors of one wire pallet."""

    def __init__(self, path: tuple[str, ...], docs: tuple[str, ...], variants: list[VariantOf]) -> None:
        super().__init__(path, docs, lambda: variants)
        self.listed = variants


class OuterEnum(Codec):
    """`RuntimeEvent` and `RuntimeError`: a pallet's index, then its own enum."""

    min_size = 2

    def __init__(self, path: tuple[str, ...]) -> None:
        self.path = path
        self.pallets: dict[int, tuple[str, EnumOfVariants]] = {}
        self._prefixes: dict[type, tuple[bytes, EnumOfVariants]] = {}

    def add(self, index: int, name: str, codec: EnumOfVariants) -> None:
        """Add one wire pallet's enum."""
        self.pallets[index] = (name, codec)
        self._prefixes |= {v.cls: (bytes([index]), codec) for v in codec.listed}

    def encode(self, value: Any) -> bytes:
        prefix, codec = self._prefixes[type(value)]
        return prefix + codec.encode(value)

    def decode(self, data: bytes, at: int) -> tuple[Any, int]:
        found = self.pallets.get(data[at]) if at < len(data) else None
        if found is None:
            raise DecodeError("no pallet has that index")
        return found[1].decode(data, at + 1)

    def encoder(self, cls: type) -> Encode:
        """The function that encodes one variant, pallet index included."""
        prefix, codec = self._prefixes[cls]
        codec.ready()
        inner = codec._by_class[cls]
        return lambda value: prefix + inner(value)

    def describe(self, types: TypeRegistry) -> TypeDef:
        return TypeDef.variant(
            *(VariantDef(name, (FieldDef(None, types.id_of(c)),), i) for i, (name, c) in sorted(self.pallets.items()))
        )


def slots_of(cls: type[Runtime]) -> dict[str, Slot]:
    """The pallets' places in a runtime class by attribute."""
    return {n: s for base in reversed(cls.__mro__) for n, s in vars(base).items() if isinstance(s, Slot)}


def constants_of(cls: type[Runtime]) -> dict[str, Constant[Any]]:
    """The constants of a runtime class by `Pallet.Constant`; cheaper than its construct."""
    hints = typing.get_type_hints(cls)
    return {
        f"{slot.name or hints[attribute].__name__}.{name}": constant
        for attribute, slot in slots_of(cls).items()
        for name, constant in hints[attribute].constants.items()
    }


class Construct:
    """Everything derived from a runtime class and its constants: codecs, storage keys, dispatch tables, prefixes.

    Raises: TypeError where two declarations claim the same wire name or index.
    """

    def __init__(self, cls: type[Runtime], constants: Mapping[str, Any], spec_version: int | None = None) -> None:
        self.cls, self.constants = cls, dict(constants)
        self.version = cls.version if spec_version is None else replace(cls.version, spec_version=spec_version)
        hints, slots = typing.get_type_hints(cls), slots_of(cls)
        self.attributes: dict[str, type[Pallet]] = {n: hints[n] for n in slots}
        self.wire = self._wire_pallets([(hints[n], s) for n, s in slots.items()])
        self.order = tuple(section for wire in self.wire for section in wire.sections)
        self.wiring = {section: self._wiring(section) for section in self.order}
        self.values = self._values()
        self.api_methods: dict[str, tuple[type[RuntimeApi], ApiMethod]] = {}
        self.metadata: dict[int, bytes] = {}

        self.call = RuntimeCallCodec()
        self.event = OuterEnum(("node_subtensor_runtime", "RuntimeEvent"))
        self.error = OuterEnum(("node_subtensor_runtime", "RuntimeError"))
        wire_errors = Codecs().find(Wire)
        assert isinstance(wire_errors, EnumCodec)
        modules: dict[type[ModuleError], ModuleErrorCode] = {
            e: ModuleErrorCode(wire.index, bytes([e.index, 0, 0, 0]))
            for wire in self.wire
            for section in wire.sections
            for e in section.errors.values()
        }
        self.dispatch_error = DispatchErrorCodec(wire_errors, modules)
        self.codecs = Codecs(
            {
                RuntimeCall: self.call,
                Event: self.event,
                PalletError: self.error,
                DispatchError: self.dispatch_error,
            }
        )
        self._check_constants()
        self.calls: dict[int, PalletCallCodec] = {}
        self._bind_variants()
        self._bind_calls()
        self.event_encoders: dict[type[Event], Encode] = {}
        for _, codec in self.event.pallets.values():
            self.event_encoders |= {v.cls: self.event.encoder(v.cls) for v in codec.listed}
        self.accessors = self._accessors()
        self.extensions = cls.extensions
        self.extension_codecs = tuple(
            ExtensionCodec(e.path, e.explicit_name, None if e.explicit is None else self.codecs.of(e.explicit))
            for e in self.extensions
        )
        extension = TupleCodec(self.extension_codecs)
        self.extrinsic = UncheckedExtrinsicCodec(
            self.codecs.find(bytes),
            self.codecs.find(MultiAddress),
            self.call,
            self.codecs.find(MultiSignature),
            extension,
        )
        self.codecs.bind(UncheckedExtrinsic, self.extrinsic)
        self.format = ExtrinsicFormat(
            self.call, [self.codecs.of(e.explicit) for e in self.extensions if e.explicit is not None]
        )
        self.guard_weights: dict[tuple[str, str], Weight] = {}
        self.static_info: dict[BoundCall, DispatchInfo] = {}
        self.guards: dict[BoundCall, tuple[Guard, ...]] = {}
        self.initializers = tuple(s for s in self.order if s.on_initialize is not Pallet.on_initialize)
        self.finalizers = tuple(s for s in self.order if s.on_finalize is not Pallet.on_finalize)
        self.waiting = tuple(s for s in self.order if s.next_due is not Pallet.next_due)

    def _wire_pallets(self, slots: list[tuple[type[Pallet], Slot]]) -> tuple[WirePallet, ...]:
        by_index: dict[int, WirePallet] = {}
        for section, slot in slots:
            if any(section in known.sections for known in by_index.values()):
                raise TypeError(f"{section.__name__} stands in the runtime twice")
            name = slot.name or section.__name__
            crate = slot.crate or f"pallet_{name.lower()}"
            known = by_index.setdefault(slot.index, WirePallet(slot.index, name, crate, ()))
            if known.name != name:
                raise TypeError(f"pallets {known.name} and {name} share index {slot.index}")
            by_index[slot.index] = WirePallet(known.index, known.name, known.crate, (*known.sections, section))
        names = [p.name for p in by_index.values()]
        if len(set(names)) != len(names):
            raise TypeError(f"two pallets share a name: {sorted(names)}")
        for wire in by_index.values():
            for group in ("storage", "constants", "events", "errors"):
                self._refuse_clash(wire, group, [n for s in wire.sections for n in getattr(s, group)])
            for group in ("events", "errors"):
                indices = [m.index for s in wire.sections for m in getattr(s, group).values()]
                self._refuse_clash(wire, f"index of {group}", indices)
            self._refuse_clash(wire, "calls", [c.name for s in wire.sections for c in s.calls.values()])
            self._refuse_clash(wire, "index of calls", [c for s in wire.sections for c in s.calls])
        return tuple(by_index[i] for i in sorted(by_index))

    @staticmethod
    def _refuse_clash(wire: WirePallet, group: str, found: list[Any]) -> None:
        twice = sorted({f for f in found if found.count(f) > 1})
        if twice:
            raise TypeError(f"sections of {wire.name} share {group}: {', '.join(map(str, twice))}")

    def _wiring(self, section: type[Pallet]) -> dict[str, type[Pallet]]:
        """The attributes of a section that are other pallets."""
        module = vars(sys.modules[section.__module__])
        named = {n: module.get(h) if isinstance(h, str) else h for n, h in section.__annotations__.items()}
        others = {n: cls for n, cls in named.items() if isinstance(cls, type) and issubclass(cls, Pallet)}
        for name, other in others.items():
            if other not in self.order:
                raise TypeError(f"{section.__name__}.{name} is a {other.__name__}, which the runtime does not have")
        return others

    def _values(self) -> dict[type[Pallet], dict[str, Any]]:
        """What the constants of each section are."""
        known = {f"{w.name}.{n}": (s, n) for w in self.wire for s in w.sections for n in s.constants}
        values = {section: {n: c.value for n, c in section.constants.items()} for section in self.order}
        if "System.Version" in known:
            apis = tuple((ApiId(api.api_id()), api.api_version) for api in self.cls.apis)
            section, name = known["System.Version"]
            values[section][name] = replace(self.version, apis=apis)
        for key, value in self.constants.items():
            if key not in known:
                raise TypeError(f"the runtime has no constant {key}")
            section, name = known[key]
            values[section][name] = value
        return values

    def _check_constants(self) -> None:
        """Refuse values that are not of their constant's type, or that its pallet cannot work with."""
        for key, value in self.constants.items():
            pallet_name, _, name = key.partition(".")
            wire = next(w for w in self.wire if w.name == pallet_name)
            constant = next(s.constants[name] for s in wire.sections if name in s.constants)
            try:
                self.codecs.of(constant.hint).encode(value)
            except Exception:  # a codec answers a value of another type with whatever Python says of it
                raise TypeError(f"constant {key} cannot be {value!r}") from None
        for section in self.order:
            self._bare(section).integrity_test()

    def _bare(self, section: type[Pallet]) -> Pallet:
        """An instance that has its constants and nothing else."""
        bare = object.__new__(section)
        bare.__dict__.update(self.values[section])
        return bare

    def _bind_variants(self) -> None:
        for group, outer in (("events", self.event), ("errors", self.error)):
            for wire in self.wire:
                variants = [
                    VariantOf(
                        v, getattr(v, "wire_name", name), v.index, self.codecs.fields_of(v) if group == "events" else ()
                    )
                    for section in wire.sections
                    for name, v in getattr(section, group).items()
                ]
                if variants:
                    variants.sort(key=lambda v: v.index)
                    kind = group[:-1].capitalize()
                    docs = (
                        ("The `Event` enum of this pallet",)
                        if kind == "Event"
                        else ("The `Error` enum of this pallet.",)
                    )
                    outer.add(wire.index, wire.name, EnumOfVariants((wire.crate, "pallet", kind), docs, variants))

    def _bind_calls(self) -> None:
        # the pallets are known to the call codec first, since calls take calls
        for wire in self.wire:
            if any(s.calls for s in wire.sections):
                self.calls[wire.index] = PalletCallCodec(wire.name, wire.index, wire.crate)
        for wire in self.wire:
            for section in wire.sections:
                for definition in section.calls.values():
                    self.calls[wire.index].bind(section, definition, self.codecs)
        for codec in self.calls.values():
            self.call.add_pallet(codec)

    def _accessors(self) -> dict[type[Pallet], dict[str, Accessor]]:
        accessors: dict[type[Pallet], dict[str, Accessor]] = {}
        for wire in self.wire:
            prefix = twox_128(wire.name.encode())
            for section in wire.sections:
                bare = self._bare(section)
                accessors[section] = {n: i.bind(prefix, self.codecs, bare) for n, i in section.storage.items()}
        return accessors

    def accessor(self, pallet_name: str, item: str) -> Accessor:
        """The storage item with these wire names. Raises: KeyError that names what is unknown."""
        for wire in self.wire:
            if wire.name == pallet_name:
                for section in wire.sections:
                    if item in self.accessors[section]:
                        return self.accessors[section][item]
                raise KeyError(f"pallet {pallet_name} has no storage item {item}")
        raise KeyError(f"no pallet {pallet_name}")


class Sections(dict[type[Pallet], Pallet]):
    """The pallets of one runtime, each made when it is first asked for: a block needs a few of them."""

    def __init__(self, runtime: Runtime) -> None:
        super().__init__()
        self._runtime = runtime

    def __missing__(self, section: type[Pallet]) -> Pallet:
        construct, made = self._runtime.construct, object.__new__(section)
        fields = made.__dict__
        fields.update(construct.values[section])
        fields["state"], fields["runtime"] = self._runtime.state, self._runtime
        fields["decoded"], fields["memo"] = self._runtime.decoded, self._runtime.memo
        fields["accessors"] = construct.accessors[section]
        self[section] = made
        return made


class Runtime:
    """Pallets over one state. A subclass lists them; its instances execute blocks."""

    version: ClassVar[RuntimeVersion]
    extensions: ClassVar[tuple[type[TransactionExtension], ...]] = ()
    guards: ClassVar[tuple[Guard, ...]] = ()
    apis: ClassVar[tuple[type[RuntimeApi], ...]] = ()

    construct: Construct

    def __init__(self, state: State, construct: Construct | None = None) -> None:
        self.state = state
        self.construct = construct or construct_of(type(self))
        self.decoded: Decoded = {}
        self.memo: dict[str, Any] = {}
        self.sections = Sections(self)

    def move_to(self, base: Base) -> None:
        """Stand over another state, and know nothing of the last one. The pallets stay, for they keep nothing."""
        self.state.move_to(base)
        self.decoded.clear()
        self.memo.clear()

    def deposit_event(self, event: Event, topics: tuple[H256, ...] = ()) -> None:
        """Record an event in the block. The System pallet of a runtime says where."""
        raise NotImplementedError

    def allows(self, call: RuntimeCall) -> bool:
        """The base call filter: whether the call may be made at all, by anyone but root."""
        return True

    def dispatch_info(self, call: RuntimeCall) -> DispatchInfo:
        """Weight (guards included), class and fee of a call, before it runs."""
        bound = call.bound
        known = self.construct.static_info.get(bound)
        if known is not None:
            return known
        section, definition = self.sections[bound.section], bound.definition
        weight, class_, pays = definition.weight, definition.class_, definition.pays
        if not callable(weight) and not callable(pays) and not callable(class_):
            info = DispatchInfo(weight + self.guard_weight(bound), class_, pays)
            self.construct.static_info[bound] = info
            return info
        return DispatchInfo(
            (weight(section, *call.args) if callable(weight) else weight) + self.guard_weight(bound),
            class_(section, *call.args) if callable(class_) else class_,
            pays(section, *call.args) if callable(pays) else pays,
        )

    def guard_weight(self, bound: BoundCall) -> Weight:
        """The sum of the weights of the guards that look at this call."""
        total = ZERO_WEIGHT
        for guard in self.guards_of(bound):
            total = total + guard.weight
        return total

    def guards_of(self, bound: BoundCall) -> tuple[Guard, ...]:
        """The guards that look at this call."""
        known = self.construct.guards.get(bound)
        if known is None:
            name = (bound.pallet, bound.name)
            known = tuple(g for g in self.guards if g.applies_to is None or name in g.applies_to)
            self.construct.guards[bound] = known
        return known

    def check_guards(self, signer: bytes, call: RuntimeCall) -> None:
        """Run the guards that look at this call. Raises: DispatchError of the first that refuses."""
        for guard in self.guards_of(call.bound):
            guard.check(self, signer, call)

    def dispatch(self, call: RuntimeCall, origin: Origin, *, bypass_filter: bool = False) -> PostInfo:
        """Make a call; root passes the base filter by, and whoever may pass the filters by meets no guards either.

        Raises: DispatchError, with all that the call wrote undone.
        """
        if not bypass_filter:
            allowed = isinstance(origin.caller, Root) or self.allows(call)
            if not (allowed and all(allows(call) for allows in origin.filters)):
                raise self.call_filtered()
            if origin.signer is not None:
                self._check_guards_of_dispatch(origin.signer, call)
        with self.state.transaction():
            definition = call.bound.definition
            return definition.function(self.sections[call.bound.section], origin, *call.args) or PostInfo()

    def _check_guards_of_dispatch(self, signer: bytes, call: RuntimeCall) -> None:
        try:
            self.check_guards(signer, call)
        except DispatchError as error:
            # the call did not run: only the guards count
            raise with_post_info(error, PostInfo(self.guard_weight(call.bound))) from None

    def call_filtered(self) -> DispatchError:
        """The error of a call that a filter refuses."""
        raise NotImplementedError

    def can_run(self, code: RuntimeCode) -> bool:
        """Whether this program has the runtime that `code` describes."""
        try:
            construct_of(type(self), code.constants, code.spec_version)
        except TypeError:
            return False
        return code.spec_name == self.version.spec_name

    def find_call(self, pallet_name: str, name: str, /, **arguments: Any) -> RuntimeCall:
        """A call by wire names and named arguments. Raises: KeyError, TypeError for wrong arguments."""
        bound = self.construct.call.find(pallet_name, name)
        names = [f.name for f in bound.fields]
        if set(names) != set(arguments):
            raise TypeError(f"{pallet_name}.{name} takes {', '.join(names) or 'nothing'}")
        return RuntimeCall(bound, tuple(arguments[n] for n in names))


_made: dict[tuple[type[Runtime], tuple[tuple[str, Any], ...], int], Construct] = {}


def construct_of(
    cls: type[Runtime], constants: Mapping[str, Any] | None = None, spec_version: int | None = None
) -> Construct:
    """The construct of a runtime class with some constants, or its version, replaced; made once. Raises: TypeError."""
    version = cls.version.spec_version if spec_version is None else spec_version
    key = (cls, tuple(sorted((constants or {}).items())), version)
    if key not in _made:
        _made[key] = Construct(cls, constants or {}, version)
    return _made[key]
