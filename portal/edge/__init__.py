"""The outermost layer of the web process: a request reaches Django only when its body is here, whole and small enough.

Django runs in few threads, each with a database connection. A body that trickles in, or is far too large, must not hold
one of them: it is awaited by the event loop, under a limit, a deadline and a seat (docs/edge.md).
"""
