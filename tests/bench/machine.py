"""The machine that the figures were measured on, and the bound that no pipeline on it can beat.

The bound does for each document only what cannot be left out: SHA-256 of its bytes, one RSA-2048 signature, one file that is on the
disk. It runs on one core.
"""

import ctypes
import hashlib
import os
import platform
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from tests.bench.figures import Figure, plain

GROUP = 50


def describe(folder: Path) -> list[str]:
    """Facts for people, one a line."""
    model = next((line.split(":", 1)[1].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")), "?")
    memory = next((line.split(":", 1)[1].strip() for line in _lines("/proc/meminfo") if line.startswith("MemTotal")), "?")
    return [
        f"cores {os.cpu_count()} ({model}), memory {memory}, {platform.system()} {platform.release()}",
        f"Python {sys.version.split()[0]}, fsync of 4 KiB {fsync_latency(folder) * 1000:.2f} ms (median), "
        f"load before the run {os.getloadavg()[0]:.2f}",
    ]


def _lines(path: str) -> list[str]:
    try:
        return Path(path).read_text("utf-8").splitlines()
    except OSError:
        return []


def fsync_latency(folder: Path, tries: int = 40) -> float:
    """Seconds that one small write takes to be on the disk (median)."""
    with tempfile.NamedTemporaryFile(dir=folder) as file:
        taken = []
        for _ in range(tries):
            began = time.perf_counter()
            os.write(file.fileno(), bytes(4096))
            os.fsync(file.fileno())
            taken.append(time.perf_counter() - began)
    return statistics.median(taken)


def bound(folder: Path, documents: Sequence[bytes]) -> tuple[float, float]:
    """Documents a second, each file synced by itself and in groups of 50 by one sync of the file system."""
    key = rsa.generate_private_key(65537, 2048)
    return _rate(folder, key, documents, 1), _rate(folder, key, documents, GROUP)


def figures_of_bound(singly: float, grouped: float) -> list[Figure]:
    return [
        plain("bound.one_core_fsync_each", singly, "documents/s"),
        plain("bound.one_core_sync_per_50", grouped, "documents/s"),
    ]


def _rate(folder: Path, key: rsa.RSAPrivateKey, documents: Sequence[bytes], group: int) -> float:
    with tempfile.TemporaryDirectory(dir=folder) as made:
        os.sync()
        began = time.perf_counter()
        for first in range(0, len(documents), group):
            _write_group(Path(made), key, documents[first : first + group], first)
        return len(documents) / (time.perf_counter() - began)


def _write_group(folder: Path, key: rsa.RSAPrivateKey, documents: Sequence[bytes], first: int) -> None:
    for number, content in enumerate(documents, first):
        value = key.sign(hashlib.sha256(content).digest(), padding.PKCS1v15(), hashes.SHA256())
        fd = os.open(folder / str(number), os.O_WRONLY | os.O_CREAT)
        os.write(fd, content + value)
        if len(documents) == 1:
            os.fsync(fd)
        os.close(fd)
    if len(documents) > 1:
        fd = os.open(folder, os.O_RDONLY)
        ctypes.CDLL(None).syncfs(fd)
        os.close(fd)
