"""The outside world in a box: national platform, WeChat Pay, bank and SMS gateway for demonstrations and tests.

A process of its own that speaks real HTTP with real signatures and keeps its own append-only log of what it executed.
It imports nothing of the portal's rooms: the two sides share only the wire. See README.md.
"""
