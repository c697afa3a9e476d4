"""`make fresh`: both commands on bare Debian machines, and docs/fresh.md as the witness. Standard library only.

Each machine is a folder that debootstrap fills with a minimal Debian, entered by chroot in namespaces of its own
(processes, mounts, shared memory; the network is the host's). Everything lies in var/fresh.
"""
