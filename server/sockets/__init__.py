"""The edge towards phones and live pages: Socket.IO, and the HTTP calls of phones."""
