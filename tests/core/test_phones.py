import pytest

from core.errors import Refused
from core.phones import clean_phone, is_mobile, masked_phone


def test_r_h_18_a_phone_is_shown_masked() -> None:
    assert masked_phone("13800000001") == "138****0001"
    assert masked_phone("1234") == "****"


@pytest.mark.parametrize("text", ["13800000001", " 138 0000 0001", "138-0000-0001"])
def test_blanks_and_dashes_are_forgiven(text: str) -> None:
    assert clean_phone(text) == "13800000001"


@pytest.mark.parametrize("text", ["", "1380000000", "138000000011", "12800000001", "1380000000a", "１3800000001"])
def test_what_is_no_mobile_number_is_refused(text: str) -> None:
    assert not is_mobile(text)
    with pytest.raises(Refused) as no:
        clean_phone(text)
    assert (no.value.code, no.value.message) == ("bad_phone", "手机号应为 11 位数字,请核对。")
