"""Run by MCPTune's own Python: its generator over the given tools, without a model, and its check of planted rows.

python _in_mcptune.py TOOLS.json PLANTED.jsonl COUNT OUT.jsonl
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from mcptune import MCPTune
from mcptune.dataset.validate import DatasetValidationError, validate_dataset_row_dict
from mcptune.formats.openai import OpenAIFormat
from mcptune.schema.tools import ToolParameter, ToolSpec


def main() -> None:
    tools_file, planted_file, count, out = sys.argv[1:]
    tools = [spec(tool) for tool in json.loads(Path(tools_file).read_text())]
    start = time.perf_counter()
    tuner = MCPTune(model="none", mcpserver=None, adapter=object(), seed=1)
    rows = tuner.build_dataset(tools, samples_per_tool=max(1, int(count) // len(tools)))
    lines = OpenAIFormat().format_tool(rows)
    seconds = time.perf_counter() - start
    Path(out).write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    passed = [passes(json.loads(line)) for line in Path(planted_file).read_text().splitlines()]
    print(json.dumps({"seconds": seconds, "rows": len(lines), "passed": passed}))


def spec(tool: dict) -> ToolSpec:
    schema = tool["schema"]
    required = schema.get("required", [])
    parameters = [
        ToolParameter(name, inner, name in required, inner.get("description", ""))
        for name, inner in schema.get("properties", {}).items()
    ]
    return ToolSpec(tool["name"], tool["description"], parameters, raw_input_schema=schema)


def passes(row: dict) -> bool:
    """By all that it checks of a row when it reads one."""
    try:
        validate_dataset_row_dict({"tool_name": row["tool"], "arguments": row["arguments"], "request": {}})
    except DatasetValidationError:
        return False
    return True


main()
