"""The server's own keys: request signing (with rotation and an offline recovery key), sealing, sessions."""
