"""Projects as nobody should leave them: each function builds one, and says in a pattern what has to be warned about.

`home` is the home folder of the person who audits. An empty pattern: nothing needs to be said, only survived.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path

Build = Callable[[Path, Path], str]
ESCAPE = "\x1b[2J\x1b]0;owned\x07\u202eevil\x9b31m"


def write(path: Path, data: str | bytes | object) -> Path:
    """A file with its folders: text, bytes, or a value as JSON."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if not isinstance(data, str | bytes):
        data = json.dumps(data)
    path.write_bytes(data.encode(errors="surrogatepass") if isinstance(data, str) else data)
    return path


def _listed(name: str) -> str:
    return f"---\nname: {name}\ndescription: does {name}\n---\nbody\n"


# Bytes.


def broken_json(project: Path, home: Path) -> str:
    write(project / ".claude/settings.json", '{"permissions": {"deny": [')
    write(project / ".mcp.json", "not json at all")
    write(home / ".claude.json", "[1, 2")
    return r"settings\.json: is not valid JSON"


def byte_order_marks(project: Path, home: Path) -> str:
    write(project / ".claude/settings.json", b'\xef\xbb\xbf{"model": "sonnet"}')
    write(project / "CLAUDE.md", b"\xef\xbb\xbf# Rules\nBe kind.\n")
    write(project / ".claude/agents/a.md", b"\xef\xbb\xbf" + _listed("a").encode())
    return ""


def utf16(project: Path, home: Path) -> str:
    write(project / "CLAUDE.md", "# Rules\nBe kind.\n".encode("utf-16"))
    write(project / ".claude/agents/a.md", _listed("a").encode("utf-16-le"))
    write(project / ".claude/settings.json", '{"model": "sonnet"}'.encode("utf-16"))
    return r"CLAUDE\.md: is UTF-16"


def odd_bytes(project: Path, home: Path) -> str:
    write(project / "CLAUDE.md", b"\xff\xfe\x00 \xed\xa0\x80 \x00 fine \xc0\xaf")
    write(project / ".claude/agents/a.md", b"---\nname: a\ndescription: \x80\x81\x82 \xf0\x9f\n---\n")
    write(project / ".claude/commands/c.md", bytes(range(256)) * 64)
    return r"a\.md: is not UTF-8 at byte"


def fifty_megabytes(project: Path, home: Path) -> str:
    for name in ("CLAUDE.md", ".claude/agents/a.md", ".claude/settings.json", ".mcp.json", ".claude/skills/s/SKILL.md"):
        with write(project / name, "").open("r+b") as file:
            file.truncate(50_000_000)
    return r"CLAUDE\.md: 50\.0 MB, over the limit of 4\.2 MB, skipped"


def empty_files(project: Path, home: Path) -> str:
    for name in ("CLAUDE.md", ".claude/settings.json", ".mcp.json", ".claude/agents/a.md", ".claude/commands/c.md"):
        write(project / name, "")
    return r"settings\.json: is not valid JSON"


# Kinds of files.


def fifos(project: Path, home: Path) -> str:
    names = ("CLAUDE.md", ".claude/settings.json", ".mcp.json", ".claude/agents/a.md", ".claude/skills/s/SKILL.md")
    for name in (*names, ".claude/commands/c.md", ".claude/rules/r.md", "imported.md"):
        (project / name).parent.mkdir(parents=True, exist_ok=True)
        os.mkfifo(project / name)
    write(project / ".claude/CLAUDE.md", "@../imported.md\n")
    return r"agents/a\.md: is not a regular file, skipped"


def devices(project: Path, home: Path) -> str:
    (project / ".claude/agents").mkdir(parents=True)
    for name in ("CLAUDE.md", ".mcp.json", ".claude/settings.json", ".claude/agents/a.md"):
        (project / name).symlink_to("/dev/zero")
    return r"CLAUDE\.md: is not a regular file, skipped"


def folders_where_files_are_expected(project: Path, home: Path) -> str:
    for name in ("CLAUDE.md", ".mcp.json", ".claude/settings.json", ".claude/agents/a.md", ".claude/skills/s/SKILL.md"):
        (project / name).mkdir(parents=True)
    return r"settings\.json: is not a regular file"


def files_where_folders_are_expected(project: Path, home: Path) -> str:
    for name in ("agents", "commands", "skills", "rules", "output-styles"):
        write(project / ".claude" / name, "a file\n")
    write(project / ".git", "gitdir: /a\0b/.git/worktrees/x\n")
    return ""


def the_claude_folder_is_a_file(project: Path, home: Path) -> str:
    write(project / ".claude", "a file\n")
    return ""


# Links.


def links_in_circles(project: Path, home: Path) -> str:
    agents = project / ".claude/agents"
    write(agents / "a.md", _listed("a"))
    (agents / "again").symlink_to(agents)
    (agents / "up").symlink_to(project)
    (agents / "self.md").symlink_to("self.md")
    (project / "CLAUDE.md").symlink_to("CLAUDE.local.md")
    (project / "CLAUDE.local.md").symlink_to("CLAUDE.md")
    (project / ".claude/skills").symlink_to(project / ".claude")
    return r"self\.md: cannot be read \(too many levels of symbolic links\)"


def imports_in_circles(project: Path, home: Path) -> str:
    write(project / "CLAUDE.md", "@a.md @b.md @CLAUDE.md @./././a.md\n")
    write(project / "a.md", "@b.md @CLAUDE.md one\n")
    write(project / "b.md", "@a.md @b.md two\n")
    return ""


def imports_that_lead_nowhere(project: Path, home: Path) -> str:
    odd = [
        "@/dev/zero",
        "@~nobody-here/x.md",
        "@~/x\0y.md",
        "@" + "a" * 5000,
        "@../" * 3000,
        "@\ud800.md",
        "@/proc/self/mem",
    ]
    write(project / "CLAUDE.md", " ".join(odd) + "\n")
    write(home / ".claude/CLAUDE.md", "@/dev/zero @/proc/self/environ @~/CLAUDE.md\n" + "@x" * 200_000)
    return ""


def thousands_of_imports(project: Path, home: Path) -> str:
    for i in range(300):
        write(project / f"m{i}.md", " ".join(f"@m{j}.md" for j in range(300)))
    write(project / "CLAUDE.md", " ".join(f"@m{i}.md" for i in range(300)))
    return ""


# Names.


def names_that_steer_a_terminal(project: Path, home: Path) -> str:
    odd = ESCAPE.replace("/", "")
    write(project / f".claude/agents/{odd}.md", "---\nname: [\n---\n")
    write(project / ".claude/agents/named.md", f'---\nname: "{odd}"\ndescription: "{odd}"\n---\n{odd}'.encode())
    write(project / f".claude/commands/{odd}/a\nb.md", _listed(odd))
    write(project / f".claude/skills/{odd}/SKILL.md", _listed(odd))
    write(project / f".claude/rules/{odd}.md", odd)
    write(project / ".mcp.json", {"mcpServers": {odd: {"command": odd, "args": [odd]}, f"{odd}2": 5, "\ud800": 5}})
    hooks = {"SessionStart": [{"hooks": [{"type": "command", "command": odd}]}], odd: 1}
    settings = {"model": odd, "outputStyle": odd, "enabledPlugins": {f"{odd}@{odd}": True}, "hooks": hooks}
    write(project / ".claude/settings.json", settings)
    return "MCP server"


def names_that_are_not_utf8(project: Path, home: Path) -> str:
    folder = os.fsencode(project / ".claude/agents")
    os.makedirs(folder)
    with open(folder + b"/\xff\xfe.md", "wb") as file:
        file.write(_listed("a").encode() + b"\xff")
    os.makedirs(os.fsencode(project / ".claude/skills") + b"/\xc3\x28")
    with open(os.fsencode(project / ".claude/skills") + b"/\xc3\x28/SKILL.md", "wb") as file:
        file.write(b"---\ndescription: [\n---\n")
    return "is not UTF-8"


def names_for_markup(project: Path, home: Path) -> str:
    odd = '<script>alert(1)<|script> "quoted" [bold red] {{ 7*7 }} | `x` ${HOME}'
    write(project / f".claude/commands/{odd}.md", _listed("x"))
    write(project / ".mcp.json", {"mcpServers": {odd: {"command": "</script><script>alert(1)</script>"}}})
    return "script"


def long_names(project: Path, home: Path) -> str:
    write(project / f".claude/agents/{'n' * 252}.md", f"---\nname: {'x:' * 50_000}\ndescription: d\n---\n")
    write(project / ".mcp.json", {"mcpServers": {":" * 500_000: {"command": "c"}}})
    write(project / ".claude/settings.json", {"model": "claude-opus-" + "9" * 5000, "outputStyle": "s" * 300_000})
    return "MCP server :::"


# Depth and number.


def nested_json(project: Path, home: Path) -> str:
    deep = "[" * 100_000
    write(project / ".claude/settings.json", '{"model": ' + deep)
    write(project / ".claude/settings.local.json", '{"env": ' + '{"a":' * 900 + "1" + "}" * 901)
    write(project / ".mcp.json", '{"mcpServers": {"a": ' + '{"x":' * 60_000 + "1" + "}" * 60_002)
    return r"nested more than 64 deep"


def nested_yaml(project: Path, home: Path) -> str:
    write(project / ".claude/agents/a.md", f"---\nname: {'[' * 100_000}\n---\n")
    write(project / ".claude/agents/b.md", "---\n" + "".join("  " * i + "k:\n" for i in range(400)) + "---\n")
    return r"b\.md:1: the front matter is not valid YAML"


def alias_bombs(project: Path, home: Path) -> str:
    laughs = "a0: &a0 [x,x]\n" + "".join(f"a{i}: &a{i} [{','.join([f'*a{i - 1}'] * 9)}]\n" for i in range(1, 30))
    write(project / ".claude/agents/laughs.md", f"---\nname: a\ndescription: d\n{laughs}---\n")
    copies = f"text: &t {'x' * 100_000}\nwhen_to_use: [{','.join(['*t'] * 30_000)}]\n"
    write(project / ".claude/skills/s/SKILL.md", f"---\n{copies}---\n")
    return r"laughs\.md:1: the front matter is not valid YAML"


def deep_folders(project: Path, home: Path) -> str:
    for root in (project / ".claude/agents", project / ".claude/commands", project / "src"):
        deep = root
        for _ in range(500):
            deep = deep / "d"
        write(deep / "a.md", _listed("deep"))
        write(deep / "CLAUDE.md", "deep\n")
    return ""


def many_servers_rules_and_patterns(project: Path, home: Path) -> str:
    write(project / ".mcp.json", {"mcpServers": {f"s{i}": {"command": "${A}" * 5} for i in range(50_000)}})
    denied = [{"serverName": f"n{i}"} for i in range(9_000)] + [{"serverUrl": f"*{i}*"} for i in range(900)]
    lists = {"deniedMcpServers": denied, "claudeMdExcludes": [f"**/n{i}*" for i in range(100_000)]}
    lists |= {"enabledMcpjsonServers": [f"n{i}" for i in range(50_000)], "skillOverrides": {}}
    write(project / ".claude/settings.json", lists)
    write(home / ".claude/settings.json", {"env": {f"N{i}": "x" for i in range(100_000)} | {"A": "a" * 100_000}})
    for i in range(100):
        write(project / f".claude/rules/{i}.md", "x")
    return "names 50,000 MCP servers; the first 200 are looked at"


# Types.


def settings_of_other_types(project: Path, home: Path) -> str:
    write(project / ".claude/settings.json", [1, "a"])
    write(project / ".claude/settings.local.json", {"permissions": [], "env": 5, "hooks": "no", "model": None})
    return r"settings\.json: holds a list, expected an object"


def servers_of_other_types(project: Path, home: Path) -> str:
    odd = [5, None, [], "x", {}, {"command": 5}, {"command": ["a"]}, {"command": "c", "args": 5, "env": [], "cwd": 3}]
    odd += [{"command": "c", "args": [1, None, {}], "env": {"A": 1}}, {"type": [], "url": {}}, {"type": "http"}]
    odd += [{"type": "http", "url": 5}, {"type": "sse", "url": "http://x", "headers": 5}, {"alwaysLoad": "yes"}]
    write(project / ".mcp.json", {"mcpServers": {f"s{i}": value for i, value in enumerate(odd)}})
    write(home / ".claude.json", {"mcpServers": [1], "projects": {str(project): {"mcpServers": 5}}, "skillUsage": [1]})
    return "is not configured correctly"


def variables_in_circles(project: Path, home: Path) -> str:
    loop = {"A": "${B}", "B": "${A}${A}", "C": "${C:-${C}}"}
    write(home / ".claude/settings.json", {"env": loop})
    write(project / ".mcp.json", {"mcpServers": {"a": {"command": "${A}${C}", "args": ["${" * 100_000], "env": loop}}})
    return "MCP server a"


def front_matter_of_other_types(project: Path, home: Path) -> str:
    odd = [
        "{}",
        "[]",
        "{a: b}",
        "[[a], {b: c}]",
        "5",
        ".nan",
        "-.inf",
        "null",
        "true",
        "2020-01-01",
        "'\\ud800'",
        "!!python/object:os.system x",
    ]
    keys = ("name", "description", "tools", "disallowedTools", "memory", "paths", "when_to_use", "force-for-plugin")
    for i, value in enumerate(odd):
        text = "---\nname: a\ndescription: d\n" + "".join(f"{key}: {value}\n" for key in keys[2:]) + "---\nbody\n"
        for kind in ("agents/{}.md", "commands/{}.md", "skills/{}/SKILL.md", "rules/{}.md", "output-styles/{}.md"):
            write(project / ".claude" / kind.format(f"t{i}"), text)
            write(project / ".claude" / kind.format(f"n{i}"), f"---\nname: {value}\ndescription: {value}\n---\n")
        write(project / f".claude/output-styles/f{i}.md", f"---\nname: 'a:{i}'\nforce-for-plugin: {value}\n---\n")
    return ""


def plugins_of_other_types(project: Path, home: Path) -> str:
    odd = [
        5,
        None,
        [5],
        {"a": 5},
        "../../../..",
        "/etc",
        ["\0"],
        {"a": {"source": 5}},
        "./" + "x" * 300,
        "./a\0b",
        "./\ud800",
    ]
    for i, value in enumerate(odd):
        manifest = {"name": f"p{i}", **dict.fromkeys(("agents", "commands", "skills", "outputStyles"), value)}
        hooks = {"hooks": value, "mcpServers": value} if i % 2 else {}
        write(home / f".claude/skills/p{i}/.claude-plugin/plugin.json", {**manifest, **hooks})
    write(home / ".claude/skills/q/.claude-plugin/plugin.json", {"name": ["q"]})
    market = {"source": {"source": "directory", "path": "/a\0b"}, "installLocation": "x" * 5000}
    write(home / ".claude/plugins/known_marketplaces.json", {"m": market, "n": 5, "o": {"installLocation": [1]}})
    write(home / ".claude/plugins/installed_plugins.json", {"plugins": {"a@m": [{"installPath": "/\ud800"}], "b@n": 7}})
    settings = {"enabledPlugins": {"a@m": True, "b@n": ["x"], "@": True, "": True}, "extraKnownMarketplaces": [1]}
    write(home / ".claude/settings.json", settings)
    return "plugin"


PROJECTS: Mapping[str, Build] = {
    build.__name__: build
    for build in (
        broken_json, byte_order_marks, utf16, odd_bytes, fifty_megabytes, empty_files, fifos, devices,
        folders_where_files_are_expected, files_where_folders_are_expected, the_claude_folder_is_a_file,
        links_in_circles, imports_in_circles, imports_that_lead_nowhere, thousands_of_imports,
        names_that_steer_a_terminal, names_that_are_not_utf8, names_for_markup, long_names, nested_json, nested_yaml,
        alias_bombs, deep_folders, many_servers_rules_and_patterns,
 settings_of_other_types, servers_of_other_types,
        variables_in_circles, front_matter_of_other_types, plugins_of_other_types,
    )
}  # fmt: skip
