"""Every example of docs/api.md runs, and prints what the page says."""

import contextlib
import io
import json
import re
import subprocess
from dataclasses import dataclass

import pytest
from harness.asking import ask
from harness.evidence import address_of
from harness.network import Network
from harness.places import REPOSITORY
from nacl.signing import SigningKey

PAGE = REPOSITORY / "docs" / "api.md"


@dataclass
class Block:
    """A fenced block of the page."""

    language: str
    text: str
    line: int


def blocks() -> list[Block]:
    """The fenced blocks of the page, in order."""
    page = PAGE.read_text()
    return [
        Block(match[1], match[2], page.count("\n", 0, match.start()) + 1)
        for match in re.finditer(r"^```(\w*)\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    ]


def programs(language: str) -> list[tuple[Block, str]]:
    """The blocks of a language with the output that the page shows after each; empty where it shows none."""
    all_blocks = blocks()
    following = [*all_blocks[1:], Block("", "", 0)]
    return [
        (block, after.text if after.language == "text" else "")
        for block, after in zip(all_blocks, following, strict=True)
        if block.language == language
    ]


def check_output(block: Block, printed: str, shown: str) -> None:
    """The output is what the page shows, where `…` stands for anything."""
    pattern = ".*?".join(re.escape(part) for part in shown.strip().split("…"))
    assert re.fullmatch(pattern, printed.strip(), re.DOTALL), (
        f"{PAGE.name}, line {block.line} printed\n{printed}\nand not\n{shown}"
    )


@pytest.fixture
def settings(network: Network, embedder: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A network with a worker for the page's model, and the variables that the page names."""
    features = 'features = ["tools", "structured_output", "logprobs", "completions", "embeddings"]\n'
    network.add_worker(embedder, model="qwen3-8b", model_settings=features)
    caller = network.caller()
    wallet_key = SigningKey.generate()
    wallet_file = network.folder / "wallet.json"
    wallet_file.write_text(json.dumps([*bytes(wallet_key), *bytes(wallet_key.verify_key)]))
    network.gateway.ask("accounts", "create", "--wallet", address_of(wallet_key))
    network.gateway.ask("credits", "grant", "--wallet", address_of(wallet_key), "--credits", "100")
    monkeypatch.setenv("OPENAI_BASE_URL", f"{network.gateway.url}/v1")
    monkeypatch.setenv("OPENAI_API_KEY", caller.key)
    monkeypatch.setenv("WALLET_FILE", str(wallet_file))
    monkeypatch.setenv("JOB_ID", ask(caller, "ping", model="qwen3-8b").job_id)


@pytest.mark.usefixtures("settings")
def test_the_examples_in_curl_print_what_the_page_shows():
    examples = [(block, shown) for block, shown in programs("bash") if "curl" in block.text]
    assert len(examples) >= 5
    for block, shown in examples:
        assert shown, f"line {block.line} shows no output"
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", block.text], capture_output=True, text=True, timeout=60
        )
        assert done.returncode == 0, done.stderr
        check_output(block, done.stdout, shown)


@pytest.mark.usefixtures("settings")
def test_the_examples_in_python_print_what_the_page_shows():
    examples = programs("python")
    assert len(examples) >= 5
    for block, shown in examples:
        assert shown, f"line {block.line} shows no output"
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(compile(block.text, f"{PAGE.name}, line {block.line}", "exec"), {"__name__": "__main__"})
        check_output(block, printed.getvalue(), shown)


def test_the_examples_in_typescript_are_whole():
    """No compiler is at hand: brackets and quotes close, and what is used is imported."""
    examples = programs("typescript")
    assert len(examples) >= 3
    for block, _ in examples:
        assert 'import OpenAI from "openai";' in block.text, block.line
        code = re.sub(r'"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\.)*`|//[^\n]*', "", block.text)
        assert not set(code) & set("\"'`"), f"line {block.line}: a quote stays open"
        opened: list[str] = []
        for character in code:
            if character in "([{":
                opened.append(character)
            elif character in ")]}":
                assert opened and opened.pop() + character in ("()", "[]", "{}"), f"line {block.line}: {character}"
        assert opened == [], f"line {block.line}: {opened} stays open"


def test_the_page_leads_only_to_pages_that_are_there():
    for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", PAGE.read_text()):
        assert (PAGE.parent / target).exists(), target
    assert "docs/api.md" in (REPOSITORY / "README.md").read_text()
