"""Speak the words of a call with espeak-ng and keep them as small Opus files in static/audio/.

Run by hand when a word is added: `python scripts/make_clips.py` (needs espeak-ng and ffmpeg with libopus). The files
are in the repository, so that a hall's TV can speak when its computer has no Chinese voice. Words are given in Pinyin:
packaged builds of the voice know few Chinese signs and would spell the others out in English.
"""

from __future__ import annotations

import math
import shutil
import subprocess
import sys
import tempfile
import wave
from array import array
from pathlib import Path

AUDIO = Path(__file__).resolve().parent.parent / "static" / "audio"
WORDS = {
    "please": "qing3",
    "number": "hao4",
    "to": "dao4",
    "moved-to": "gai3 dao4",
    "at-window": "hao4 chuang1 kou3 ban4 li3",
    "next-please": "qing3 xia4 yi2 wei4",
    "0": "ling2",
    "1": "yao1",
    "2": "er4",
    "3": "san1",
    "4": "si4",
    "5": "wu3",
    "6": "liu4",
    "7": "qi1",
    "8": "ba1",
    "9": "jiu3",
    "one": "yi1",
    "ten": "shi2",
}
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
LOUDNESS = 0.20
CEILING = 0.95
# Silence before and after is cut, so that clips join into a sentence.
TRIM = "silenceremove=start_periods=1:start_threshold=-45dB,areverse"


def speak(word: str, voice: list[str], target: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        raw = Path(folder) / "raw.wav"
        manner = ("-s", "145", "-p", "48", "-g", "0", "-w", str(raw))
        subprocess.run(["espeak-ng", *voice, *manner, word], check=True)
        limit = f"volume={gain(raw):.2f},alimiter=limit={CEILING}:level=disabled"
        shape = f"{TRIM},{TRIM},highpass=f=90,lowpass=f=7500,{limit},afade=t=in:d=0.008"
        codec = ("-ac", "1", "-ar", "24000", "-c:a", "libopus", "-b:a", "32k", "-map_metadata", "-1", "-bitexact")
        subprocess.run(["ffmpeg", "-v", "error", "-y", "-i", str(raw), "-af", shape, *codec, str(target)], check=True)


def gain(raw: Path) -> float:
    """What makes the voiced part as loud as every other clip's; short words defeat ffmpeg's own loudness filter."""
    with wave.open(str(raw)) as sound:
        samples = array("h", sound.readframes(sound.getnframes()))
    voiced = [sample / 32768 for sample in samples if abs(sample) > 600]
    return LOUDNESS / math.sqrt(sum(sample * sample for sample in voiced) / len(voiced))


def main() -> int:
    missing = [tool for tool in ("espeak-ng", "ffmpeg") if shutil.which(tool) is None]
    if missing:
        print(f"install {' and '.join(missing)} first", file=sys.stderr)
        return 1
    AUDIO.mkdir(parents=True, exist_ok=True)
    for name, pinyin in WORDS.items():
        speak(pinyin, ["-v", "cmn-latn-pinyin"], AUDIO / f"{name}.ogg")
    for letter in LETTERS:
        named = f'<say-as interpret-as="characters">{letter}</say-as>'
        speak(named, ["-m", "-v", "en-us"], AUDIO / f"letter-{letter.lower()}.ogg")
    size = sum(path.stat().st_size for path in AUDIO.glob("*.ogg"))
    print(f"{len(WORDS) + len(LETTERS)} clips, {size // 1024} KiB", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
