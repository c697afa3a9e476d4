"""What the machine looks at, one file a check; each is found at the start (claims.checking, docs/adding-a-check.md)."""
