"""Who is wearing out? Job designs, never persons."""
