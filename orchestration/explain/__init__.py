"""From a number to the rows behind it: recomputed from core facts, not read from the mart that shows the number."""
