"""Landing profiles: what an export of another tool says, in canonical rows, without code (README.md of landing).

``model`` is a profile, ``reading`` makes one of its YAML file, ``shelf`` knows which there are and which file is read
by which, ``evaluating`` and ``grouping`` turn rows of an export into rows of canonical tables, ``contents`` does so for
all files of a profile. The result passes the same checks as a file named after its table.
"""
