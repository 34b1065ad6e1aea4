"""``python -m server verify``: its exit status, its sentences, and whom it trusts."""

import json
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization

from tests.pdf_corpus.attack_cms import good_signature
from tests.pdf_corpus.pdf_writer import plain_document
from tests.pdf_corpus.signing_kit import Signer
from tests.pdf_corpus.timestamping import authority, signed
from tests.unit.server.test_commands import Shell


@pytest.fixture(scope="module")
def root() -> Signer:
    return Signer.create("Test root")


@pytest.fixture(scope="module")
def tsa_root() -> Signer:
    return Signer.create("TSA root")


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    return Shell(tmp_path / "data")


def bundle(path: Path, *signers: Signer) -> Path:
    """Several certificates in one PEM file."""
    path.write_bytes(b"\n".join(s.certificate.public_bytes(serialization.Encoding.PEM) for s in signers))
    return path


def test_roots_are_given_apart_for_signers_and_timestamps(shell: Shell, root: Signer, tsa_root: Signer, tmp_path: Path) -> None:
    signer = Signer.create("Nguyễn Thị Lấp Lánh Ánh", issuer=root)
    path = tmp_path / "a.pdf"
    path.write_bytes(signed(signer, authority(tsa_root)))
    roots, stamps = bundle(tmp_path / "roots.pem", Signer.create("Other"), root), bundle(tmp_path / "tsa.pem", tsa_root)

    def told(*more: str, status: int = 0) -> dict[str, object]:
        said = shell.run("verify", "--json", *more, str(path), status=status)
        return dict(json.loads(said)[0]["signatures"][0])

    assert (told(status=1)["trust"], told("--trust", str(roots))["trust"]) == ("untrusted", "trusted")
    assert told("--trust", str(roots))["time_kind"] == "claimed"
    assert told("--trust", str(roots), "--trust-timestamps", str(stamps))["time_kind"] == "timestamp"
    assert told("--trust", str(stamps), "--trust-timestamps", str(roots), status=1)["trust"] == "untrusted"
    config = tmp_path / "config.toml"
    config.write_text(f'verify_trust = "{roots}"\nverify_timestamp_trust = "{stamps}"\n', "utf-8")
    assert told("--config", str(config))["time_kind"] == "timestamp"


def test_a_file_that_holds_no_certificate_is_one_clear_line(shell: Shell, tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(b"%PDF-1.7")
    assert "holds no certificate" in shell.run("verify", "--trust", str(path), str(path), status=2)


@pytest.mark.parametrize(("language", "words"), [("vi", "Không theo được cấu trúc"), ("en", "structure can't be followed")])
def test_an_unreadable_file_gets_a_sentence(language: str, words: str, shell: Shell, root: Signer, tmp_path: Path) -> None:
    bad, good = tmp_path / "bad.pdf", tmp_path / "good.pdf"
    bad.write_bytes(b"hello")
    good.write_bytes(good_signature(Signer.create("An", issuer=root)))
    trust = bundle(tmp_path / "roots.pem", root)
    said = shell.run("verify", "--language", language, "--trust", str(trust), str(bad), str(good), status=1)
    assert words in said and "[pdf_unreadable]" in said
    assert "An" in said, "the other file is checked all the same"
    (first, _) = json.loads(shell.run("verify", "--json", "--language", language, str(bad), str(good), status=1))
    assert first["error"] == "pdf_unreadable" and words in first["message"]
    assert "[file_unreadable]" in shell.run("verify", str(tmp_path / "none.pdf"), status=1)


def test_a_file_without_signatures_is_not_good(shell: Shell, tmp_path: Path) -> None:
    path = tmp_path / "plain.pdf"
    path.write_bytes(plain_document().build())
    assert "no signature" in shell.run("verify", "--language", "en", str(path), status=1)
