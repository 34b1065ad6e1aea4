"""The only package that knows SQL: sqlite-utils and its migrations on one SQLite file, blobs on disk beside it."""
