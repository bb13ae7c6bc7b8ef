"""Run by distilabel's own Python: its APIGen steps over answers that a script gives in a model's place.

    python _in_distilabel.py TOOLS.json PLANTED.jsonl COUNT OUT.jsonl

Without a model it has nothing to say, so what is timed is the pipeline, and what is judged are its checks: each planted
answer comes back from the generator step, is executed against functions made of the tools' schemas, and is compared
with the others by MinHash.
"""

import json
import keyword
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from distilabel.models.llms import LLM
from distilabel.pipeline import Pipeline
from distilabel.steps import LoadDataFromDicts, MinHashDedup, StepInput, step
from distilabel.steps.tasks import APIGenExecutionChecker, APIGenGenerator


class Scripted(LLM):
    """Answers at once with what stands in its own prompt's place of the list."""

    answers: dict[str, str]

    def load(self) -> None:
        super().load()

    @property
    def model_name(self) -> str:
        return "scripted"

    def generate(self, inputs: list[Any], num_generations: int = 1) -> list[Any]:
        made = []
        for messages in inputs:
            said = messages[-1]["content"]
            key = said[said.index("row-") :].split()[0].strip("`.:\n")
            made.append({"generations": [self.answers[key]], "statistics": {"input_tokens": [0], "output_tokens": [0]}})
        return made


@step(inputs=["query"], outputs=["text"])
def with_text(inputs: StepInput) -> Any:
    """The text that is compared: question and call."""
    for row in inputs:
        row["text"] = f"{row['query']} {row['answers']}"
    yield inputs


def main() -> None:
    tools_file, planted_file, count, out = sys.argv[1:]
    tools = json.loads(Path(tools_file).read_text())
    planted = [json.loads(line) for line in Path(planted_file).read_text().splitlines()]
    rows = [{**planted[i % len(planted)], "key": f"row-{i}"} for i in range(max(int(count), len(planted)))]
    answers = {
        row["key"]: json.dumps([{"query": row["query"], "answers": [
            {"name": plain(row["tool"]), "arguments": row["arguments"]}]}])
        for row in rows
    }  # fmt: skip
    folder = Path(tempfile.mkdtemp())
    (folder / "tools.py").write_text("\n".join(map(function, tools)))
    start = time.perf_counter()
    with Pipeline(name="apigen", cache_dir=folder / "cache") as pipeline:
        load = LoadDataFromDicts(data=[
            {"examples": "", "func_name": plain(row["tool"]), "func_desc": row["key"], "row": row["key"]}
            for row in rows
        ])  # fmt: skip
        make = APIGenGenerator(llm=Scripted(answers=answers), use_tools=False, number=1)
        check = APIGenExecutionChecker(libpath=str(folder / "tools.py"))
        dedup = MinHashDedup(tokenizer="ngrams", n=3, threshold=0.85, storage="dict")
        load >> make >> check >> with_text() >> dedup
    done = pipeline.run(use_cache=False)["default"]["train"]
    seconds = time.perf_counter() - start
    good = {row["row"]: bool(row["keep_row_after_execution_check"]) and bool(row["keep_row_after_minhash_filtering"])
            for row in done}  # fmt: skip
    Path(out).write_text("".join(json.dumps({"query": row["query"], "answers": row["answers"]}) + "\n" for row in done))
    passed = [good.get(f"row-{i}", False) for i in range(len(planted))]
    print(json.dumps({"seconds": seconds, "rows": len(done), "passed": passed}))


def plain(name: str) -> str:
    return name.replace("-", "_")


def function(tool: dict) -> str:
    """A Python function that takes what the schema names and does nothing."""
    schema = tool["schema"]
    required = schema.get("required", [])
    names = [name for name in schema.get("properties", {}) if name.isidentifier() and not keyword.iskeyword(name)]
    parameters = ", ".join([*(n for n in names if n in required), *(f"{n}=None" for n in names if n not in required)])
    return f'def {plain(tool["name"])}({parameters}):\n    """{tool["description"]}"""\n    return "ok"\n'


if __name__ == "__main__":
    main()
