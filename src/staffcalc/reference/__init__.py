"""Which number, from whom? Tables of figures with their sources."""
