"""What `GET /metrics` of a node tells."""

from __future__ import annotations

import urllib.request
from collections.abc import Iterator, Mapping

from prometheus_client.core import Metric, Sample
from prometheus_client.parser import text_string_to_metric_families
from support.process import NodeProcess


def text_of(node: NodeProcess) -> str:
    """The answer as it stands."""
    with urllib.request.urlopen(f"http://127.0.0.1:{node.port}/metrics", timeout=30) as answer:
        return str(answer.read().decode())


class Scrape:
    """The metrics of a node at one moment."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.families: dict[str, Metric] = {each.name: each for each in text_string_to_metric_families(text)}

    @staticmethod
    def of(node: NodeProcess) -> Scrape:
        return Scrape(text_of(node))

    def __getitem__(self, name: str) -> float:
        """The value of a metric that is told once."""
        [value] = self.values(name).values()
        return value

    def value(self, name: str, /, **labels: str) -> float:
        """The value of the one sample that has these labels among its own; 0 if there is none."""
        found = [value for own, value in self.values(name).items() if set(labels.items()) <= own]
        assert len(found) < 2, f"{name} is told {len(found)} times with {labels}"
        return found[0] if found else 0.0

    def values(self, name: str) -> Mapping[frozenset[tuple[str, str]], float]:
        """All samples of this name, by their labels but `chain`."""
        return {
            frozenset((key, value) for key, value in sample.labels.items() if key != "chain"): sample.value
            for sample in self._samples(name)
        }

    def _samples(self, name: str) -> Iterator[Sample]:
        # the parser ends the names of counters with _total
        for family in self.families.values():
            yield from (each for each in family.samples if each.name in (name, f"{name}_total"))
