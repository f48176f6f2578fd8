"""What a forum has seen and decided (architecture D8): append-only linked files outside the warehouse."""
