"""Random small worlds through the pipeline against the second computation."""
