"""Where work runs. The web process must never wait in its event loop: database calls go to one thread of their own, files and password
hashing to others. Workers and commands run everything in place.
"""

from collections.abc import Callable
from typing import ParamSpec, Protocol, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


class Lanes(Protocol):
    def database(self, function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """A use case: in the one thread that owns the store."""
        ...

    def slow(self, function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Files and hashing: in a small pool of threads, never touching the store."""
        ...


class InPlace:
    """Both lanes at once, for workers, commands and tests."""

    def database(self, function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        return function(*args, **kwargs)

    def slow(self, function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        return function(*args, **kwargs)
