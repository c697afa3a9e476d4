"""What keeps personal data: ciphers and encrypted columns. Knows no insurance."""
