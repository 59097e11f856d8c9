"""Measurements of the running product. `python -m benchmarks [NAME]`; see docs/benchmarks.md."""
