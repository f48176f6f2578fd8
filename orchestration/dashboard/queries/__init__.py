"""Questions to the published file: plain functions of a publication and filters that return rows."""
