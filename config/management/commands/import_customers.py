"""`manage.py import_customers F.csv`: customers as BOSS tells of them."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError

from config.management.long import LongCommand
from core import time
from halls.models import Region
from halls.states import RegionLevel
from loyalty.actions import imports


class Command(LongCommand):
    help = (
        "Bring customers to what a CSV file tells (phone,name,brand,star,vip,status,real_name,personal,joined_on, "
        "optionally plan_from). A later joined_on is a new owner of the number. Exit 1 when lines were refused."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--city", default="", metavar="CODE", help="needed when there are several cities")

    def run(self, *, file: Path, city: str, **options: Any) -> dict[str, Any]:
        region = Region.objects.filter(code=city, level=RegionLevel.CITY).first() if city else None
        if city and region is None:
            raise CommandError(f"there is no city {city} 没有这个地市代码")
        return imports.import_customers(file, city=region, now=time.now(), progress=self.of_file)
