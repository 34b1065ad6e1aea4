"""openssl and node, asked as programs: the third tools that make and confirm every value in the vectors.

Neither half of the product uses them for its own work, so an error that both halves share shows here. What openssl makes, node confirms.
ECDSA and RSASSA-PSS signatures are random: one that was made before for the same key and message is taken again while node still verifies
it, so that a second run writes the same files.
"""

import base64
import hashlib
import json
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

NODE_VERIFY = """
const c = require('crypto');
const jobs = JSON.parse(require('fs').readFileSync(0));
const pss = {padding: c.constants.RSA_PKCS1_PSS_PADDING, saltLength: 32};
const ways = {
  ed25519: (k, d, s) => c.verify(null, d, k, s),
  rsa_pkcs1_sha256: (k, d, s) => c.verify('sha256', d, k, s),
  rsa_pss_sha256: (k, d, s) => c.verify('sha256', d, {key: k, ...pss}, s),
  ecdsa_p256_sha256: (k, d, s) => c.verify('sha256', d, {key: k, dsaEncoding: 'der'}, s),
  ecdsa_p384_sha384: (k, d, s) => c.verify('sha384', d, {key: k, dsaEncoding: 'der'}, s),
};
const out = jobs.map(j => {
  try {
    return ways[j.algorithm](c.createPublicKey(j.key), Buffer.from(j.message, 'base64'), Buffer.from(j.signature, 'base64'));
  } catch (e) { return false; }
});
process.stdout.write(JSON.stringify(out));
"""

NODE_KEY_DERIVATION = """
const c = require('crypto');
const j = JSON.parse(require('fs').readFileSync(0));
const b = x => Buffer.from(x, 'hex');
const stretched = c.scryptSync(b(j.pin), b(j.salt), 64, {N: 16384, r: 8, p: 1, maxmem: 64 * 1024 * 1024});
const wrapping = Buffer.from(c.hkdfSync('sha256', b(j.ikm), Buffer.alloc(0), b(j.info), 32));
const cipher = c.createCipheriv('aes-256-gcm', wrapping, b(j.gcm_nonce));
const wrapped = Buffer.concat([cipher.update(b(j.plaintext)), cipher.final(), cipher.getAuthTag()]);
const proof = c.createHmac('sha256', b(j.proof_key)).update(b(j.proof_message)).digest();
const hex = x => x.toString('hex');
process.stdout.write(JSON.stringify({stretched: hex(stretched), wrapping: hex(wrapping), wrapped: hex(wrapped), proof: hex(proof)}));
"""

_SIGN_OPTIONS = {
    "rsa_pkcs1_sha256": ["-sha256"],
    "rsa_pss_sha256": ["-sha256", "-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:32", "-sigopt", "rsa_mgf1_md:sha256"],
    "ecdsa_p256_sha256": ["-sha256"],
    "ecdsa_p384_sha384": ["-sha384"],
}
_RANDOM = {"rsa_pss_sha256", "ecdsa_p256_sha256", "ecdsa_p384_sha384"}


def missing_tools() -> list[str]:
    """The names of the third tools that are not on the path."""
    return [tool for tool in ("openssl", "node") if shutil.which(tool) is None]


def openssl(*arguments: str, stdin: bytes = b"") -> bytes:
    """Standard output of ``openssl``; raises CalledProcessError when it says no."""
    return subprocess.run(["openssl", *arguments], input=stdin, capture_output=True, check=True).stdout


def openssl_digest(name: str, message: bytes) -> bytes:
    """Digest of the message by ``openssl dgst``, as raw bytes."""
    return openssl("dgst", f"-{name}", "-binary", stdin=message)


def node(script: str, question: object) -> Any:
    """What the script answers (JSON) to the question (JSON on its standard input)."""
    run = subprocess.run(["node", "-e", script], input=json.dumps(question).encode(), capture_output=True, check=True)
    return json.loads(run.stdout)


def node_verifies(jobs: list[tuple[str, bytes, bytes, bytes]]) -> list[bool]:
    """For each (algorithm, public key PEM, message, signature): does node's crypto accept it?"""
    return list(
        node(
            NODE_VERIFY,
            [
                {
                    "algorithm": algorithm,
                    "key": key.decode(),
                    "message": base64.b64encode(message).decode(),
                    "signature": base64.b64encode(signature).decode(),
                }
                for algorithm, key, message, signature in jobs
            ],
        )
    )


class SigningBench:
    """Signs with openssl, remembers random signatures, and has node confirm everything in one go at the end."""

    def __init__(self, keys_folder: Path, remembered: dict[str, str]) -> None:
        self.keys_folder = keys_folder
        self._remembered = remembered
        self.used: dict[str, str] = {}
        self._to_confirm: list[tuple[str, bool, tuple[str, bytes, bytes, bytes]]] = []
        self._public: dict[str, bytes] = {}

    def public_pem(self, key_name: str) -> bytes:
        """SubjectPublicKeyInfo of the named test key, PEM."""
        if key_name not in self._public:
            self._public[key_name] = openssl("pkey", "-in", str(self.keys_folder / f"{key_name}.pem"), "-pubout")
        return self._public[key_name]

    def sign(self, key_name: str, algorithm: str, message: bytes) -> bytes:
        """Signature value over the message (DER for ECDSA)."""
        slot = f"{key_name} {algorithm} {hashlib.sha256(message).hexdigest()}"
        if algorithm in _RANDOM and slot in self._remembered:
            signature = base64.b64decode(self._remembered[slot])
        else:
            signature = self._sign_anew(key_name, algorithm, message)
        if algorithm in _RANDOM:
            self.used[slot] = base64.b64encode(signature).decode()
        self.expect(key_name, algorithm, message, signature, valid=True, why=slot)
        return signature

    def _sign_anew(self, key_name: str, algorithm: str, message: bytes) -> bytes:
        key = str(self.keys_folder / f"{key_name}.pem")
        with tempfile.NamedTemporaryFile() as file:
            file.write(message)
            file.flush()
            if algorithm == "ed25519":
                return openssl("pkeyutl", "-sign", "-inkey", key, "-rawin", "-in", file.name)
            return openssl("dgst", *_SIGN_OPTIONS[algorithm], "-sign", key, file.name)

    def expect(self, key_name: str, algorithm: str, message: bytes, signature: bytes, *, valid: bool, why: str) -> None:
        """Have node say, at the end, whether the signature is valid; another answer stops the run."""
        self._to_confirm.append((why, valid, (algorithm, self.public_pem(key_name), message, signature)))

    def confirm(self) -> int:
        """Ask node about everything that was signed or expected; returns how many answers there were."""
        answers = node_verifies([job for _, _, job in self._to_confirm])
        wrong = [why for (why, valid, _), answer in zip(self._to_confirm, answers, strict=True) if valid != answer]
        if wrong:
            raise RuntimeError(f"node and openssl disagree, or a case is not what it says: {wrong}")
        return len(answers)
