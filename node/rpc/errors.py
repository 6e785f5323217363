"""The errors that JSON-RPC clients see, with the codes and texts of Substrate's server.

Source: jsonrpsee types/src/error.rs, sc_rpc_api::policy
"""

from __future__ import annotations

from typing import Any

from chain.errors import ChainError

PARSE_ERROR = -32700
INVALID_REQUEST = -32600
METHOD_NOT_FOUND = -32601
INVALID_PARAMS = -32602
INTERNAL_ERROR = -32603
CALL_FAILED = -32000
TOO_MANY_SUBSCRIPTIONS = -32006
REQUEST_TOO_BIG = -32007
RESPONSE_TOO_BIG = -32008
BATCH_TOO_BIG = -32010
BATCH_RESPONSE_TOO_BIG = -32011


class RpcError(ChainError):
    """An answer that says why there is no result. `data` is any JSON value; None leaves it out."""

    def __init__(self, code: int, message: str, data: Any = None) -> None:
        super().__init__(message if data is None else f"{message}: {data}")
        self.code = code
        self.message = message
        self.data = data

    def to_json(self) -> dict[str, Any]:
        """The `error` member of the answer."""
        error: dict[str, Any] = {"code": self.code, "message": self.message}
        if self.data is not None:
            error["data"] = self.data
        return error


class ListenError(ChainError, OSError):
    """A port that cannot be opened; the message names it and says what to do."""


class SlowReader(ChainError):
    """A subscriber that fell too far behind what was published to it."""


def parse_error() -> RpcError:
    """The bytes are not JSON."""
    return RpcError(PARSE_ERROR, "Parse error")


def invalid_request() -> RpcError:
    """The JSON is not a request."""
    return RpcError(INVALID_REQUEST, "Invalid request")


def method_not_found() -> RpcError:
    """No such method."""
    return RpcError(METHOD_NOT_FOUND, "Method not found")


def invalid_params(reason: str) -> RpcError:
    """The parameters are not those of the method; `reason` names the parameter and what was expected."""
    return RpcError(INVALID_PARAMS, "Invalid params", reason)


def internal_error(reason: str | None = None) -> RpcError:
    """The method broke; the log has the traceback."""
    return RpcError(INTERNAL_ERROR, "Internal error", reason)


def unsafe_call() -> RpcError:
    """An unsafe method, called by a peer that may not."""
    return RpcError(METHOD_NOT_FOUND, "RPC call is unsafe to be called externally")


def too_many_subscriptions(limit: int) -> RpcError:
    """The connection has `limit` subscriptions already."""
    return RpcError(TOO_MANY_SUBSCRIPTIONS, "Too many subscriptions on the connection", _exceeded(limit))


def request_too_big(limit: int) -> RpcError:
    """The request is longer than `limit` bytes."""
    return RpcError(REQUEST_TOO_BIG, "Request is too big", _exceeded(limit))


def response_too_big(limit: int) -> RpcError:
    """The answer would be longer than `limit` bytes."""
    return RpcError(RESPONSE_TOO_BIG, "Response is too big", _exceeded(limit))


def batch_too_big(limit: int) -> RpcError:
    """The batch has more than `limit` requests."""
    return RpcError(BATCH_TOO_BIG, "The batch request was too large", _exceeded(limit))


def batch_response_too_big(limit: int) -> RpcError:
    """The answers of the batch would together be longer than `limit` bytes."""
    return RpcError(BATCH_RESPONSE_TOO_BIG, "The batch response was too large", _exceeded(limit))


def _exceeded(limit: int) -> str:
    return f"Exceeded max limit of {limit}"
