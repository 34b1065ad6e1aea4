"""Reading the pairing code out of a picture. No Kivy here; not for the main thread."""

import importlib.util
from typing import Final

SCHEME: Final = "phoneseal:"


def can_read() -> bool:
    """Whether this installation has a reader (zxing-cpp)."""
    return importlib.util.find_spec("zxingcpp") is not None


def pairing_link(pixels: bytes, width: int, height: int, *, bytes_each: int = 4) -> str:
    """What the first QR code of ours in the picture says; empty if there is none. ``pixels`` are rows of red, green, blue (and one
    more byte)."""
    import zxingcpp

    form = zxingcpp.ImageFormat.RGBA if bytes_each == 4 else zxingcpp.ImageFormat.RGB
    image = zxingcpp.ImageView(pixels, width, height, form)  # type: ignore[arg-type, unused-ignore]  # takes any buffer; NumPy's types differ
    found = zxingcpp.read_barcodes(image, formats=zxingcpp.barcode_formats_from_str("QRCode"))
    return next((str(one.text) for one in found if one.text.lower().startswith(SCHEME)), "")
