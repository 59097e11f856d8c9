"""What an attachment really is, by its bytes: the name and the type it came under say nothing."""

from complaints.states import FileKind
from core import pictures

MOST_BYTES = 20 * 1024 * 1024
TYPES = {
    FileKind.JPG: "image/jpeg",
    FileKind.PNG: "image/png",
    FileKind.PDF: "application/pdf",
    FileKind.MP3: "audio/mpeg",
}


def kind_of(data: bytes) -> FileKind | None:
    """jpg, png, pdf or mp3; None for everything else."""
    picture = pictures.read(data)
    if picture is not None and picture.extension in {FileKind.JPG, FileKind.PNG}:
        return FileKind(picture.extension)
    if data[:5] == b"%PDF-" and b"%%EOF" in data[-2048:]:
        return FileKind.PDF
    return FileKind.MP3 if _is_mp3(data) else None


def _is_mp3(data: bytes) -> bool:
    """Two MPEG layer III frames, one after the other, after an ID3 tag if there is one."""
    at = 0
    if data[:3] == b"ID3" and len(data) > 10:
        size = 0
        for part in data[6:10]:
            size = size << 7 | part & 0x7F
        at = 10 + size
    length = _frame(data, at)
    return length is not None and (_frame(data, at + length) is not None or at + length == len(data))


BITRATES = {
    3: (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    2: (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
RATES = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}


def _frame(data: bytes, at: int) -> int | None:
    """The length of the layer III frame that begins here."""
    head = data[at : at + 4]
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0 or head[1] & 0x06 != 0x02:
        return None
    version, bitrate, rate = head[1] >> 3 & 3, head[2] >> 4, head[2] >> 2 & 3
    if version == 1 or rate == 3 or bitrate in {0, 15}:
        return None
    kilobits = BITRATES[3 if version == 3 else 2][bitrate]
    samples = 144 if version == 3 else 72
    return samples * kilobits * 1000 // RATES[version][rate] + (head[2] >> 1 & 1)


def clean_name(name: str) -> str:
    """The last part of a path, printable, at most 100 characters: what people see, never where a file lies."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    kept = "".join(letter for letter in last if letter.isprintable()).strip()
    return kept[-100:] or "附件"
