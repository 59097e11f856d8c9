"""Photos as documents take them: JPEG, no larger than a page needs."""

from io import BytesIO

from PIL import Image, ImageOps, UnidentifiedImageError

LONGEST = 1400
MOST_PIXELS = 40_000_000


def plain(data: bytes) -> bytes | None:
    """The picture as a JPEG, upright, without what a camera wrote into it; None when nothing can be seen in it."""
    try:
        with Image.open(BytesIO(data)) as opened:
            if opened.width * opened.height > MOST_PIXELS:
                return None
            image = ImageOps.exif_transpose(opened).convert("RGB")
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return None
    image.thumbnail((LONGEST, LONGEST))
    out = BytesIO()
    image.save(out, "JPEG", quality=82)
    return out.getvalue()
