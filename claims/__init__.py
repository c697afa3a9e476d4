"""Claims: from the photograph of an invoice to money in the account, every yuan explained (C1-C8)."""
