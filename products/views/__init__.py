"""Adapters: parse what was sent, call one action or selector, render."""
