"""How work is carried: lifecycles, history, leases, outbox, numbers, submitted forms, tasks for people.

Knows no insurance.
"""
