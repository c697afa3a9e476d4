"""How pages and PDFs are built: components, template tags, fonts. Knows no insurance."""
