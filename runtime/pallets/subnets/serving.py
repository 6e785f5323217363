"""Where neurons serve: axons, their certificates, Prometheus endpoints."""

from __future__ import annotations

from typing import Annotated, Any

from chain.scale.hints import Bounded, struct, u8, u16, u32, u64, u128
from chain.types import AccountId
from runtime.frame.call import call
from runtime.frame.origin import Origin, ensure_signed
from runtime.frame.pallet import Pallet
from runtime.frame.storage import Blake2_128Concat, Identity, StorageMap
from runtime.frame.weight import Pays, weigh
from runtime.pallets.subnets.neurons import Neurons
from runtime.pallets.subnets.registry import Registry
from runtime.pallets.subtensor.errors import Errors
from runtime.pallets.subtensor.events import Events
from runtime.pallets.subtensor.parameters import Parameters
from runtime.units import NetUid

MAX_CERTIFICATE = 65
"""How long a certificate is at most: a byte for the algorithm and 64 of the public key."""


@struct("pallet_subtensor::pallet::AxonInfo")
class AxonInfo:
    """Where a neuron serves, since what block; the address is a number."""

    block: u64
    version: u32
    ip: u128
    port: u16
    ip_type: u8
    protocol: u8
    placeholder1: u8
    placeholder2: u8


@struct("pallet_subtensor::pallet::NeuronCertificate")
class NeuronCertificate:
    """The key with which a neuron can be spoken to in private."""

    public_key: Annotated[bytes, Bounded(64)]
    algorithm: u8


@struct("pallet_subtensor::pallet::PrometheusInfo")
class PrometheusInfo:
    """Where a neuron's metrics are, since what block."""

    block: u64
    version: u32
    ip: u128
    port: u16
    ip_type: u8


NO_AXON = AxonInfo(0, 0, 0, 0, 0, 0, 0, 0)
NO_METRICS = PrometheusInfo(0, 0, 0, 0, 0)


def is_valid_address(ip_type: int, ip: int, *, allow_zero: bool) -> bool:
    """Whether a number may be an address: not the highest, not the machine itself.

    Source: SubtensorModule::is_valid_ip_address
    """
    if ip == 0:
        return allow_zero
    if ip_type == 4:
        return ip < 2**32 - 1 and ip != 0x7F00_0001
    return ip not in (1, 2**128 - 1) if ip_type == 6 else True


class Serving(Pallet):
    """What neurons tell of themselves. A section of SubtensorModule."""

    parameters: Parameters
    registry: Registry
    neurons: Neurons

    Axons = StorageMap[tuple[NetUid, AccountId], AxonInfo](Identity, Blake2_128Concat)
    """Where a hotkey serves."""

    NeuronCertificates = StorageMap[tuple[NetUid, AccountId], NeuronCertificate](Identity, Blake2_128Concat)
    """The certificate of a hotkey."""

    Prometheus = StorageMap[tuple[NetUid, AccountId], PrometheusInfo](Identity, Blake2_128Concat)
    """Where the metrics of a hotkey are."""

    @call(4, weight=weigh(31_278_000, 4178, reads=3, writes=1), pays=Pays.No)
    def serve_axon(
        self,
        origin: Origin,
        netuid: NetUid,
        version: u32,
        ip: u128,
        port: u16,
        ip_type: u8,
        protocol: u8,
        placeholder1: u8,
        placeholder2: u8,
    ) -> None:
        """Tell where the caller, a neuron's hotkey, serves.

        Origin: signed, by the hotkey.  Emits: AxonServed.  Source: SubtensorModule::serve_axon
        """
        hotkey = ensure_signed(origin)
        axon = AxonInfo(self.registry.block(), version, ip, port, ip_type, protocol, placeholder1, placeholder2)
        self.serve(hotkey, netuid, axon)

    @call(40, weight=weigh(30_617_000, 4149, reads=3, writes=1), pays=Pays.No)
    def serve_axon_tls(
        self,
        origin: Origin,
        netuid: NetUid,
        version: u32,
        ip: u128,
        port: u16,
        ip_type: u8,
        protocol: u8,
        placeholder1: u8,
        placeholder2: u8,
        certificate: bytes,
    ) -> None:
        """Tell where the caller serves, and its certificate: a byte for the algorithm, then the public key.

        A certificate that is empty or too long is ignored.

        Origin: signed, by the hotkey.  Emits: AxonServed.  Source: SubtensorModule::serve_axon_tls
        """
        hotkey = ensure_signed(origin)
        axon = AxonInfo(self.registry.block(), version, ip, port, ip_type, protocol, placeholder1, placeholder2)
        self.serve(hotkey, netuid, axon)
        if 0 < len(certificate) <= MAX_CERTIFICATE:
            self.NeuronCertificates[netuid, hotkey] = NeuronCertificate(certificate[1:], certificate[0])

    @call(5, weight=weigh(29_294_000, 4277, reads=3, writes=1), pays=Pays.No)
    def serve_prometheus(self, origin: Origin, netuid: NetUid, version: u32, ip: u128, port: u16, ip_type: u8) -> None:
        """Tell where the caller's metrics are.

        Origin: signed, by the hotkey.  Emits: PrometheusServed.  Source: SubtensorModule::serve_prometheus
        """
        hotkey = ensure_signed(origin)
        self.ensure_metrics(hotkey, netuid, ip, port, ip_type)
        self.Prometheus[netuid, hotkey] = PrometheusInfo(self.registry.block(), version, ip, port, ip_type)
        self.deposit(Events.PrometheusServed(netuid, hotkey))

    def axon(self, netuid: NetUid, hotkey: AccountId) -> AxonInfo:
        """Where a hotkey serves, zeros where it does not. Source: SubtensorModule::get_axon_info"""
        return self.Axons.get((netuid, hotkey)) or NO_AXON

    def metrics(self, netuid: NetUid, hotkey: AccountId) -> PrometheusInfo:
        """Where the metrics of a hotkey are, zeros where there are none. Source: get_prometheus_info"""
        return self.Prometheus.get((netuid, hotkey)) or NO_METRICS

    def serve(self, hotkey: AccountId, netuid: NetUid, axon: AxonInfo) -> None:
        """Emits: AxonServed."""
        self.ensure_axon(hotkey, netuid, axon.ip, axon.port, axon.ip_type)
        self.Axons[netuid, hotkey] = axon
        self.deposit(Events.AxonServed(netuid, hotkey))

    def ensure_axon(self, hotkey: AccountId, netuid: NetUid, ip: int, port: int, ip_type: int) -> None:
        """Raises: HotKeyNotRegisteredInNetwork, InvalidIpType, InvalidIpAddress, ServingRateLimitExceeded, InvalidPort.

        Source: SubtensorModule::validate_serve_axon
        """
        self._ensure_registered(hotkey, netuid)
        self._ensure_address(ip_type, ip, allow_zero=True)
        before = self.Axons.get((netuid, hotkey))
        self._ensure_rate(netuid, 0 if before is None else before.block, port)

    def ensure_metrics(self, hotkey: AccountId, netuid: NetUid, ip: int, port: int, ip_type: int) -> None:
        """Raises: as `ensure_axon`, the address before the neuron.  Source: validate_serve_prometheus"""
        self._ensure_address(ip_type, ip, allow_zero=False)
        self._ensure_registered(hotkey, netuid)
        before = self.Prometheus.get((netuid, hotkey))
        self._ensure_rate(netuid, 0 if before is None else before.block, port)

    def forget_neuron(self, netuid: NetUid, hotkey: AccountId) -> None:
        """Remove what a hotkey told."""
        for item in (self.Axons, self.NeuronCertificates, self.Prometheus):
            del item[netuid, hotkey]

    def forget(self, netuid: NetUid) -> None:
        """Remove what is kept of a subnet. Source: SubtensorModule::remove_network"""
        for item in (self.Axons, self.NeuronCertificates, self.Prometheus):
            item.clear(netuid)

    def _ensure_registered(self, hotkey: AccountId, netuid: NetUid) -> None:
        if (netuid, hotkey) not in self.neurons.Uids:
            raise Errors.HotKeyNotRegisteredInNetwork

    def _ensure_address(self, ip_type: int, ip: int, *, allow_zero: bool) -> None:
        if ip_type not in (4, 6):
            raise Errors.InvalidIpType
        if not is_valid_address(ip_type, ip, allow_zero=allow_zero):
            raise Errors.InvalidIpAddress

    def _ensure_rate(self, netuid: NetUid, served: int, port: int) -> None:
        limit = self.parameters.ServingRateLimit[netuid]
        if served and self.registry.block() - served < limit:
            raise Errors.ServingRateLimitExceeded
        if port == 0:
            raise Errors.InvalidPort


def forget_endpoints(runtime: Any, netuid: NetUid, uid: int, hotkey: AccountId) -> None:
    """Called when a neuron goes."""
    serving: Serving = runtime.serving
    serving.forget_neuron(netuid, hotkey)


def forget_subnet_endpoints(runtime: Any, netuid: NetUid) -> None:
    """Called when a subnet is dissolved."""
    serving: Serving = runtime.serving
    serving.forget(netuid)
