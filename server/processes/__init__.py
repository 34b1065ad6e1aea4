"""The processes of one installation: supervisor, web process, signing workers, and the nudges between them."""
