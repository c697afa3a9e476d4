"""A room with no insurance in it: parcels are packed, sent and delivered. The tests of core use it."""
