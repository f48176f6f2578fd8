"""What a forum has seen and decided (architecture D8): append-only files outside the warehouse, each linked to the one before."""
