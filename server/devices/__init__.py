"""Phones: pairing, proof of the device key, the vault share behind the PIN count, freeze and unpair."""
