"""Checks that live in the tests: nothing outside this folder knows their names."""
