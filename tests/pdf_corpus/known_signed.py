"""Signed files of other projects' test sets that are not honest: part of the file's name, and what is wrong with it.

Only the names: the files themselves are not kept here. A file that is merely unusual is honest and does not stand here.
"""

KNOWN: dict[str, str] = {}
