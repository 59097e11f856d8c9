"""Copy what browsers load from node_modules to static/vendor, so that pages need nothing from outside; and make the
face that documents on paper are set in.

References to source maps are cut off: hashed static files refuse names that lead nowhere, and halls have no
use for megabytes of maps.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import make_face

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ROOT / "node_modules"
VENDOR = ROOT / "static" / "vendor"
FILES = {
    "htmx.min.js": "htmx.org/dist/htmx.min.js",
    "tabler.min.css": "@tabler/core/dist/css/tabler.min.css",
    "tabler.min.js": "@tabler/core/dist/js/tabler.min.js",
    "echarts.min.js": "echarts/dist/echarts.min.js",
    "idb.js": "idb/build/index.js",
    "noto-sans-sc/wght.css": "@fontsource-variable/noto-sans-sc/wght.css",
}
FOLDERS = {"noto-sans-sc/files": ("@fontsource-variable/noto-sans-sc/files", "*-wght-normal.woff2")}
SOURCE_MAP = re.compile(r"(/\*# sourceMappingURL=\S+ \*/|//# sourceMappingURL=\S+)\s*$")


def main() -> None:
    fresh = VENDOR.with_name("vendor.new")
    shutil.rmtree(fresh, ignore_errors=True)
    for target, source in FILES.items():
        (fresh / target).parent.mkdir(parents=True, exist_ok=True)
        text = (PACKAGES / source).read_text(encoding="utf-8")
        (fresh / target).write_text(SOURCE_MAP.sub("", text), encoding="utf-8")
    for target, (source, pattern) in FOLDERS.items():
        (fresh / target).mkdir(parents=True)
        for path in sorted((PACKAGES / source).glob(pattern)):
            shutil.copyfile(path, fresh / target / path.name)
    make_face.make(sorted((fresh / "noto-sans-sc/files").glob("*.woff2")), fresh / "noto-sans-sc/paper.ttf")
    shutil.rmtree(VENDOR, ignore_errors=True)
    fresh.rename(VENDOR)


if __name__ == "__main__":
    main()
