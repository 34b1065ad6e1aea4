"""Many phones that do nothing but stay connected, in one thread: for measuring what a connection costs the
server.
"""
