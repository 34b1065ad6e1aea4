"""The names of an object that an update writes anew are those that it has, however they are spelt."""

import io

import pikepdf
import pytest

from server.pdf.pdf_syntax import spelt_name, split_dictionary, write_dictionary


def test_a_sign_that_begins_an_escape_stays_a_sign() -> None:
    entries, _ = split_dictionary(b"<</#2350age 1/#50age 2/A#20B 3>>")
    assert entries == {b"/#50age": b"1", b"/Page": b"2", b"/A B": b"3"}
    assert split_dictionary(b"<<" + write_dictionary(entries) + b">>")[0] == entries


@pytest.mark.parametrize("name", [b"/Plain", b"/F1,Bold-Italic_+", b"/a#b", b"/(x)", b"/\xc3\xa9", b"/a/b", b"/a%b"])
def test_any_name_is_read_again_as_it_was(name: bytes) -> None:
    spelt = spelt_name(name)
    assert split_dictionary(b"<<" + spelt + b" 1>>")[0] == {name: b"1"}
    with pikepdf.new() as pdf:
        pdf.Root.Names = pdf.make_indirect(pikepdf.Object.parse(b"<<" + spelt + b" 1>>"))
        pdf.save(io.BytesIO())
        assert [str(key).encode("utf-8", "surrogateescape") for key in dict(pdf.Root.Names)] == [name]
