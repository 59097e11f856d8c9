"""A browser that gets one module under two names runs it twice."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

HASHED = re.compile(r"\.[0-9a-f]{12}\.js$")
IMPORT = re.compile(r"""^(?:import|export)\b[^;]*?from\s*["'](\.[^"']+)["'];""", re.MULTILINE)


@pytest.fixture
def collected(tmp_path: Path, settings: Any) -> Path:
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "config.static_files.HashedFiles"},
    }
    call_command("collectstatic", interactive=False, verbosity=0)
    return tmp_path


def test_our_modules_import_each_other_by_their_hashed_names(collected: Path) -> None:
    modules = [path for path in (collected / "js").rglob("*.js") if HASHED.search(path.name)]
    imports = [name for path in modules for name in IMPORT.findall(path.read_text(encoding="utf-8"))]

    assert len(imports) > 30
    assert [name for name in imports if not HASHED.search(name)] == []
