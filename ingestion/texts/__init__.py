"""Texts of messages, kept on request beside the warehouse: a file of its own, encrypted, for the days that were set.

Nothing else in the home holds a text: connectors hand it over where they drop it for the warehouse. Only the command
``case --with-texts`` reads it back.
"""
