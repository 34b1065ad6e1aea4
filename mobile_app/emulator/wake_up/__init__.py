"""Waking the emulated phone: it is its own distributor and push service, on loopback (docs/emulator.md)."""
