# SPDX-FileCopyrightText: 2026 Fail2Progress developers
# SPDX-License-Identifier: Apache-2.0
"""Lists the numbers in module constants that say neither what they mean nor why they are so.

A constant is an assignment in capitals at the top of a module whose value holds a number. It
explains itself by a docstring below it, or by a comment on its lines or right above it; one
comment above a group without blank lines holds for the group. Units stand in the name (``_M``) or
in the explanation (``[m]``). ``python tools/constants.py [FOLDER ...]`` ends with 1 if it finds
any.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
import io
from pathlib import Path
import sys
import tokenize

SOURCES = Path(__file__).resolve().parent.parent / 'src'


def unexplained(source: str) -> Iterator[tuple[int, str]]:
    """Yields line and name of the constants of a module that do not explain themselves."""
    comments = {
        token.start[0]
        for token in tokenize.generate_tokens(io.StringIO(source).readline)
        if token.type == tokenize.COMMENT and not token.string.startswith('# fmt:')
    }
    body = ast.parse(source).body
    explained_above = -1  # last line of a group whose comment holds for what follows directly
    for node, after in zip(body, [*body[1:], None], strict=True):
        lines = range(node.lineno, (node.end_lineno or node.lineno) + 1)
        if node.lineno - 1 in comments or explained_above == node.lineno - 1:
            explained_above = lines[-1]
        name = _constant(node)
        if not name or explained_above == lines[-1] or _is_docstring(after):
            continue
        if not any(line in comments for line in lines):
            yield node.lineno, name


def _constant(node: ast.stmt) -> str:
    """The name a statement gives to a number; empty if it is something else."""
    if isinstance(node, ast.Assign) and len(node.targets) == 1:
        target = node.targets[0]
    elif isinstance(node, ast.AnnAssign):
        target = node.target
    else:
        return ''
    if not isinstance(target, ast.Name) or not target.id.isupper() or node.value is None:
        return ''
    values = [n.value for n in ast.walk(node.value) if isinstance(n, ast.Constant)]
    words = any(isinstance(value, str) for value in values)
    numbers = any(type(value) in (int, float) for value in values)
    return target.id if numbers and not words else ''


def _is_docstring(node: ast.stmt | None) -> bool:
    value = node.value if isinstance(node, ast.Expr) else None
    return isinstance(value, ast.Constant) and isinstance(value.value, str)


def main(arguments: Sequence[str]) -> int:
    """Prints the constants without an explanation below folders; returns 1 if there are any."""
    folders = [Path(name) for name in arguments] or sorted(SOURCES.glob('*/f2p_*'))
    found = 0
    for path in (path for folder in folders for path in sorted(folder.rglob('*.py'))):
        for line, name in unexplained(path.read_text()):
            print(f'{path}:{line}: {name} says neither what it means nor why it is so')
            found += 1
    return 1 if found else 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
