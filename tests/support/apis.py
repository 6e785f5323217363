"""Questions to runtime APIs, as clients put them: bytes in, bytes out."""

from __future__ import annotations

from typing import Any

from chain.keys import Keypair
from runtime.executive import Executive
from runtime.frame.apis import call_api


def question(runtime: Executive, method: str, *values: Any) -> Any:
    """What an API method answers, through the encodings of its arguments and its result; keys stand for accounts."""
    name, _, function = method.partition("_")
    api = next(each for each in runtime.apis if each.__name__ == name)
    described = next(each for each in api.methods(runtime.construct.codecs) if each.name == function)
    plain = [value.account if isinstance(value, Keypair) else value for value in values]
    data = b"".join(codec.encode(value) for (_, codec), value in zip(described.arguments, plain, strict=True))
    raw = call_api(runtime, method, data)
    answer, end = described.result.decode(raw, 0)
    assert end == len(raw)
    return answer
