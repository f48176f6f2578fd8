"""Measures the ratios of the architecture (§3) in one run on one machine; seconds alone would say nothing."""
