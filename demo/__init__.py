"""The demonstration: its people, plan years and claims, made by the same actions that people use."""
