"""The monthly pack of a forum or role: one set of numbers as HTML, PDF and workbook, from the published file."""
