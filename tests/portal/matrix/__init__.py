"""Who may do what, cell by cell: route × role × scope × owner × action. See docs/testing.md, "The matrix"."""
