"""What the marketplace connectors share: declared raw tables and one way to speak HTTP."""
