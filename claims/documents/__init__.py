"""The way of a file: quarantine → type by content → re-encoded in a limited subprocess → encrypted at rest.

Nothing a stranger sent is ever parsed in the web process or served as it came. Source: reliability.md 10.
"""
