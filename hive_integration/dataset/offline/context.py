"""What a developer pastes before asking: a snippet, a log, a diff, a listing, made from the scene. Pure."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence

from hive_integration.dataset.values.scene import Scene, slug
from hive_integration.dataset.values.texts import instant, note

_LEADS: Mapping[str, Sequence[str]] = {
    "code": ("I'm in `{file}`:", "`{module}`:", "In `{module}`:", "Here is `{symbol}`:", "`{file}` now:"),
    "log": ("{project} logs:", "CI, {project}:", "Last night in `{module}`:", "{person} sent this, `{module}`:",
    "`{symbol}` printed"),
    "diff": ("My change to `{module}`:", "`{file}`:", "{person} on `{module}`:", "Branch for the {thing}, `{module}`:"),
    "list": ("Files of `{module}`:", "`ls {dir}`, {project}:", "In {project}:", "{area}, {project}:"),
    "note": ("On the {thing}.", "Context, {project}:", "`{module}` so far:", "Recap of {project}:",
    "{person}'s notes:"),
}  # fmt: skip


def context(rng: random.Random, scene: Scene) -> str:
    """One pasted piece with its lead."""
    kind = rng.choice(tuple(_MAKERS))
    lead = rng.choice(_LEADS[kind]).format_map(scene.slots)
    return f"{lead}\n{_MAKERS[kind](rng, scene)}"


def _code(rng: random.Random, scene: Scene) -> str:
    arg = rng.choice(("order", "row", "item", "user", "entry", slug(scene.thing).replace("-", "_")))
    n = rng.randrange(2, 99)
    field = slug(scene.aspect).replace("-", "_")
    body = {
        "python": f"def {scene.symbol}({arg}):\n    if not {arg}.{field}:\n        return None\n"
        f"    return {arg}.total * {n}",
        "typescript": f"export function {scene.symbol}({arg}: any) {{\n  if (!{arg}.{field}) return null;\n"
        f"  return {arg}.total * {n};\n}}",
        "go": f"func {scene.symbol}({arg} *Row) int {{\n\tif !{arg}.{field} {{\n\t\treturn 0\n\t}}\n"
        f"\treturn {arg}.Total * {n}\n}}",
        "rust": f"fn {scene.symbol}({arg}: &Row) -> Option<u32> {{\n    {arg}.{field}.then(|| {arg}.total * {n})\n}}",
    }.get(scene.language, f"// {scene.thing}: {scene.aspect}\n{scene.symbol}({arg}, {n});")  # fmt: skip
    return f"```{scene.language}\n{body}\n```"


def _log(rng: random.Random, scene: Scene) -> str:
    lines = [
        f"{instant(rng)} {rng.choice(('ERROR', 'WARN', 'ERROR'))} {scene.module}: the {scene.thing} {scene.symptom}",
        f"{instant(rng)} INFO {scene.other}: {scene.aspect} took {rng.randrange(3, 9000)} ms",
        f"  at {scene.symbol} ({scene.file}:{rng.randrange(4, 480)})",
        f"FAILED {scene.test}::test_{scene.symbol} - expected {rng.randrange(9)}, got {rng.randrange(10, 99)}",
        f"{rng.randrange(1, 40)} passed, {rng.randrange(1, 4)} failed",
    ]
    first = rng.randrange(0, 3)
    return "```\n" + "\n".join(lines[first : first + rng.choice((2, 3))]) + "\n```"


def _diff(rng: random.Random, scene: Scene) -> str:
    n = rng.randrange(2, 80)
    field = slug(scene.aspect).replace("-", "_")
    lines = (
        f"--- a/{scene.file}",
        f"+++ b/{scene.file}",
        f"-  {field} = {n}",
        f"+  {field} = {n + rng.randrange(1, 40)}",
    )
    return "\n".join(("```diff", *lines, "```"))


def _list(rng: random.Random, scene: Scene) -> str:
    files = [
        scene.file,
        scene.test,
        f"{scene.directory}/{scene.other}.{scene.file.rpartition('.')[2]}",
        f"docs/{scene.slug}.md",
    ]
    return "\n".join(f"- {each}" for each in files[: rng.choice((2, 3, 4))])


def _note(rng: random.Random, scene: Scene) -> str:
    notes = list(dict.fromkeys(note(rng, scene) for _ in range(rng.choice((2, 3)))))
    return "\n".join(f"* {each}" for each in notes)


_MAKERS: Mapping[str, Callable[[random.Random, Scene], str]] = {
    "code": _code, "log": _log, "diff": _diff, "list": _list, "note": _note,
}  # fmt: skip
