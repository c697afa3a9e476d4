"""Definitive refusal of the national platform: infcode -1, the code in square brackets before the message."""

from __future__ import annotations


class Refused(Exception):
    def __init__(self, code: str, message: str) -> None:
        super().__init__(code)
        self.code, self.message = code, message
