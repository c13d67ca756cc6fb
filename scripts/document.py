"""Writes the tables of README.md that the code knows best, settings and REST paths. `make fmt` runs it, a test checks it."""

import importlib
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from google.api import annotations_pb2
from google.protobuf import descriptor_pb2
from pydantic import SecretStr

from kernel.settings import AppSettings

ROOT = Path(__file__).resolve().parents[1]
README = ROOT / "README.md"


def render(text: str) -> str:
    """README.md with its generated tables up to date."""
    return _replaced(_replaced(text, "settings", _settings_table()), "rest", _rest_table())


def _replaced(text: str, name: str, rows: Iterator[str]) -> str:
    before, start, rest = text.partition(f"<!-- {name}: written by make fmt -->\n")
    _, end, after = rest.partition(f"<!-- end {name} -->")
    return before + start + "".join(f"{row}\n" for row in rows) + end + after


def settings_classes() -> list[type[AppSettings]]:
    """What every app reads, first what they share."""
    services = sorted(path.parent.name for path in ROOT.glob("services/*/__main__.py"))
    modules = [
        importlib.import_module(name)
        for name in ("scripts.run", "gateway.settings", *(f"services.{s}.settings" for s in services))
    ]
    classes = [each for module in modules for each in vars(module).values() if isinstance(each, type)]
    return [AppSettings, *(each for each in classes if issubclass(each, AppSettings) and each is not AppSettings)]


def _settings_table() -> Iterator[str]:
    yield "| setting | default | what it does |"
    yield "|---|---|---|"
    seen: set[str] = set()
    for settings in settings_classes():
        for name, field in settings.model_fields.items():
            if name not in seen:
                seen.add(name)
                yield f"| `{name.upper()}` | {_shown(field.default)} | {field.description} |"


def _shown(default: object) -> str:
    text = default.get_secret_value() if isinstance(default, SecretStr) else default
    if text in ("", (), {}, None):
        return ""
    if isinstance(text, Path):
        text = text.relative_to(ROOT) if text.is_absolute() else text
    if isinstance(text, tuple):
        text = ",".join(text)
    if isinstance(text, Mapping):
        text = ",".join(f"{name}={_span(value)}" for name, value in text.items())
    return f"`{_span(text)}`"


def _span(value: object) -> object:
    if not hasattr(value, "total_seconds"):
        return value
    seconds = value.total_seconds()
    for unit, size in (("d", 86400), ("h", 3600), ("m", 60)):
        if seconds >= size and seconds % size == 0:
            return f"{seconds / size:.0f}{unit}"
    return f"{seconds:g}s"


def _rest_table() -> Iterator[str]:
    yield "| verb | path | does |"
    yield "|---|---|---|"
    files = descriptor_pb2.FileDescriptorSet.FromString((ROOT / "gen" / "soniquebay.binpb").read_bytes())
    for file in files.file:
        if file.package.startswith("soniquebay."):
            yield from _rest_rows(file)


def _rest_rows(file: descriptor_pb2.FileDescriptorProto) -> Iterator[str]:
    comments = {tuple(location.path): location.leading_comments for location in file.source_code_info.location}
    for service_index, service in enumerate(file.service):
        for method_index, method in enumerate(service.method):
            if method.options.HasExtension(annotations_pb2.http):
                rule = method.options.Extensions[annotations_pb2.http]
                verb = rule.WhichOneof("pattern")
                paragraph = comments.get((6, service_index, 2, method_index), "").strip().split("\n\n")[0]
                yield f"| {verb.upper()} | `{getattr(rule, verb)}` | {' '.join(paragraph.split())} |"


def main() -> int:
    """0 when README.md is, or was made, up to date; with --check 1 when it is not."""
    text = README.read_text("utf-8")
    wanted = render(text)
    if "--check" in sys.argv:
        return int(text != wanted)
    README.write_text(wanted, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
