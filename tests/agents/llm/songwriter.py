"""What a model server of the tests writes: valid answers for every task, in words that nobody else uses.

Run as a program it serves them over OpenAI's protocol: its port is the one line on stdout.
"""

import asyncio
import json
import sys

MARK = "quixotic copper zeppelin"
"""Stands in every text, so that a test can tell whose words it reads."""


def data_of(body: dict) -> dict:
    """What stands between the markers."""
    text = next(turn["content"] for turn in body["messages"] if "<data>\n" in turn["content"])
    return json.loads(text.partition("<data>\n")[2].partition("\n</data>")[0])


def fields_of(body: dict) -> set[str]:
    """The form that is asked for, by its fields."""
    form = body.get("response_format", {}).get("json_schema", {}).get("schema") or {}
    return set(form.get("properties", ()))


def write(body: dict) -> str:
    """An answer of the form that is asked for."""
    fields, data = fields_of(body), data_of(body)
    if "sections" in fields:
        return json.dumps(lyrics(data))
    if "verdict" in fields:
        return json.dumps({"verdict": "rewrite", "faults": [f"the {MARK} stumbles"]})
    if "feedback" in fields:
        return json.dumps({"feedback": f"With {data['score']} the {MARK} is judged."})
    if "summary" in fields:
        return json.dumps(
            {"summary": f"A {MARK} at {data['measured_tempo_bpm']:.1f} BPM.", "keep": [f"the {MARK}"], "change": [],
             "edits": [], "style_note": f"More {MARK}."}
        )  # fmt: skip
    if "title" in fields:
        title = data["wanted_title"] or f"{MARK.title()} {len(data['avoid_titles']) + 1}"
        return json.dumps(
            {"title": title, "theme": data["wanted_theme"] or data["themes"][0],
             "mood": data["wanted_mood"] or data["moods"][0],
             "reasons": [f"heard: {remark['words']}" for remark in data["remarks"]]}
        )  # fmt: skip
    return json.dumps({"name": "nobody"})


def lyrics(data: dict) -> dict:
    round_ = "anew" if data["faults"] else "first"
    hook = f"my {MARK} flies {round_}"
    sections = [
        {
            "position": asked["position"],
            "section": asked["section"],
            "lines": [
                hook if letter == "H" else f"{MARK} {round_} {asked['position']} {at}"
                for at, letter in enumerate(asked["scheme"])
            ],
        }
        for asked in data["sections"]
    ]
    return {"hook": hook, "sections": sections}


async def main() -> None:
    from tests.agents.llm.servers import OPENAI, ModelServer

    server = ModelServer(OPENAI, write=write)
    await server.start(int(sys.argv[1]) if len(sys.argv) > 1 else 0)
    print(server.base_url, flush=True)
    await asyncio.sleep(3600)


if __name__ == "__main__":
    asyncio.run(main())
