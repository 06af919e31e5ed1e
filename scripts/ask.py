#!/usr/bin/env python3
"""One question with the official OpenAI SDK, the answer as it comes.

    export OPENAI_BASE_URL=http://127.0.0.1:8080/v1 OPENAI_API_KEY=dcntrl_live_...
    .venv/bin/python scripts/ask.py "What is a worker node?"

Nothing in it is special to this network but the headers that it prints at the end.
"""

import argparse
from pathlib import Path

from openai import OpenAI


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("question")
    parser.add_argument("--model", default="tiny-chat")
    parser.add_argument("--job-id-file", type=Path, help="write the job's id here, for a script to go on with")
    options = parser.parse_args()

    response = OpenAI().chat.completions.with_raw_response.create(
        model=options.model,
        messages=[{"role": "user", "content": options.question}],
        stream=True,
    )
    for chunk in response.parse():
        for choice in chunk.choices:
            print(choice.delta.content or "", end="", flush=True)
    print("\n")
    for name in ("job-id", "worker", "tx-signature", "credits-remaining"):
        print(f"x-decentral-{name}: {response.headers[f'x-decentral-{name}']}")
    if options.job_id_file:
        options.job_id_file.write_text(response.headers["x-decentral-job-id"])


if __name__ == "__main__":
    main()
