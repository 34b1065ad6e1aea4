"""The phone's way to the server: the wire format and the two clients, Socket.IO and HTTP. Decides nothing."""
