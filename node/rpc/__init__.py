"""JSON-RPC 2.0 over HTTP and WebSocket, as Substrate's (jsonrpsee) server speaks it.

server         ports, HTTP, WebSocket, who may connect
subscriptions  one connection's subscriptions; Topic, the broadcast from the node to any number of subscribers
methods        the registry: the name of a function is the name of its method
parameters     JSON -> Python, from a function's type hints
errors         RpcError and the codes
"""
