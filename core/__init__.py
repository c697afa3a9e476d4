"""Clock, errors, encrypted fields, lifecycles, leases, outbox, money: the floor on which every room stands.

Knows no insurance and imports no other room.
"""
