"""The walls that import-linter cannot see, as functions of a tree: each answers what breaks it, one line a finding."""

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

SHARED = ("kernel", "facts", "untrusted", "upstreams")
PACKAGES = (*SHARED, "services", "gateway", "sandbox", "scripts")
MODULE_LINES = 300
FUNCTION_LINES = 50
KERNEL_LINES = 2500

FOREIGN_TO_WHAT_IS_SHARED = frozenset(
    "artist artists album albums cover covers track tracks tracker play plays song songs scrobble scrobbles "
    "lastfm spotify apify wikidata musicbrainz listenbrainz deezer discogs euria infomaniak commons pylast".split()
)
# The package itself, and what alembic runs by its path instead of importing it.
UNIMPORTED = frozenset({*SHARED, "kernel.migrations", "kernel.migrations.env"})
ENVIRONMENT = re.compile(r"\bos\.(environ|getenv|putenv)\b|\bfrom os import .*\b(environ|getenv)\b")


def modules(root: Path, *packages: str) -> Iterator[Path]:
    for package in packages or PACKAGES:
        yield from sorted(path for path in (root / package).rglob("*.py") if "node_modules" not in path.parts)


def long_modules(root: Path) -> list[str]:
    """Modules over 300 lines; migrations are history, not code to be read."""
    return [
        f"{path.relative_to(root)}: {count} lines"
        for path in modules(root)
        if "migrations" not in path.parts and (count := len(path.read_text("utf-8").splitlines())) > MODULE_LINES
    ]


def long_functions(root: Path) -> list[str]:
    return [
        f"{path.relative_to(root)}:{node.lineno} {node.name}: {length} lines"
        for path in modules(root)
        if "migrations" not in path.parts
        for node, length in _functions(path)
        if length > FUNCTION_LINES
    ]


def median_function_length(root: Path) -> float:
    lengths = sorted(length for path in modules(root, *SHARED, "services", "gateway") for _, length in _functions(path))
    return lengths[len(lengths) // 2] if lengths else 0


def kernel_lines(root: Path) -> int:
    """Lines of the kernel that hold code: words are free, or the cap would be paid for in promises."""
    return sum(len(_code_lines(path)) for path in modules(root, "kernel"))


def foreign_words(root: Path, *packages: str) -> list[str]:
    """Nouns of one entity and names of one provider, in identifiers, comments and texts alike."""
    return [
        f"{path.relative_to(root)}:{number}: {word}"
        for path in modules(root, *packages)
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        for word in re.findall(r"[a-z]+", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", line).lower())
        if word in FOREIGN_TO_WHAT_IS_SHARED
    ]


def environment_readers(root: Path) -> list[str]:
    """Modules besides kernel/settings.py that read the environment."""
    return [
        f"{path.relative_to(root)}:{number}"
        for path in modules(root)
        if path != root / "kernel" / "settings.py"
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if ENVIRONMENT.search(line)
    ]


def lonely_modules(root: Path, apps: tuple[str, ...], needed: int) -> list[str]:
    """Shared modules that fewer than `needed` apps reach, directly or through other shared modules."""
    imports = {_dotted(root, path): _imported(path) for path in modules(root, *SHARED)}
    users: dict[str, set[str]] = {name: set() for name in imports}
    for app in apps:
        reached = {name for path in modules(root, app) for name in _imported(path)}
        todo = [name for name in reached if name in imports]
        seen: set[str] = set()
        while todo:
            name = todo.pop()
            if name not in seen:
                seen.add(name)
                users[name].add(app)
                todo += [other for other in imports[name] if other in imports]
    return sorted(name for name, using in users.items() if len(using) < needed and name not in UNIMPORTED)


def _functions(path: Path) -> Iterator[tuple[ast.FunctionDef | ast.AsyncFunctionDef, int]]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node, (node.end_lineno or node.lineno) - node.lineno + 1


def _code_lines(path: Path) -> set[int]:
    text = path.read_text("utf-8")
    silent = (tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER)
    lines = {
        line
        for token in tokenize.generate_tokens(io.StringIO(text).readline)
        if token.type not in silent
        for line in range(token.start[0], token.end[0] + 1)
    }
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            lines -= set(range(node.lineno, (node.end_lineno or node.lineno) + 1))
    return lines


def _imported(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
        elif isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
    return names


def _dotted(root: Path, path: Path) -> str:
    return ".".join(path.relative_to(root).with_suffix("").parts).removesuffix(".__init__")
