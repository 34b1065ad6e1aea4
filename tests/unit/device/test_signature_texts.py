"""No words are put into the signer's mouth: beside the signature stand a name and a time, and nothing else."""

import pytest

from mobile_app.device.request_checks.documents import check_texts
from mobile_app.errors import CheckFailed

NAME = "Nguyễn Thị Lấp Lánh Ánh"


def test_the_owners_name_and_a_time_are_fine() -> None:
    check_texts({"Name": NAME, "M": "D:20261122140500+07'00'"}, NAME)
    check_texts({}, NAME)


@pytest.mark.parametrize("key", ["Reason", "Location", "ContactInfo"])
def test_a_text_that_the_person_does_not_see_is_refused(key: str) -> None:
    with pytest.raises(CheckFailed) as caught:
        check_texts({"Name": NAME, key: "Tôi bảo lãnh 5 tỷ đồng"}, NAME)
    assert (caught.value.code, caught.value.details["what"]) == ("doc_signature_dictionary", "text_unseen")


def test_another_name_is_refused() -> None:
    with pytest.raises(CheckFailed) as caught:
        check_texts({"Name": "Nguyễn Văn Khác"}, NAME)
    assert caught.value.details["what"] == "name"
