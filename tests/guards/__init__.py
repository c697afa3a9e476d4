"""The guards of the product, what it means to switch one off, and which test notices: see docs/testing.md."""
