"""Fixtures of the end-to-end tests."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from harness.gateway import Caller
from harness.network import Network
from harness.places import LLAMA_SERVER, MODELS, binaries
from harness.processes import Process
from harness.scripted_upstream import ScriptedUpstream


def pytest_report_header() -> str:
    return f"binaries: {binaries()}"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """Lets fixtures know whether their test failed."""
    report = yield
    if report.failed:
        item.failed = True
    return report


@pytest.fixture
def empty_network(request: pytest.FixtureRequest) -> Iterator[Network]:
    """A folder for daemons that the test starts itself; checked and stopped after it."""
    network = Network()
    try:
        yield network
        if network.gateways and not getattr(request.node, "failed", False):
            network.check_and_stop()
    except BaseException:
        request.node.failed = True
        raise
    finally:
        failed = getattr(request.node, "failed", False)
        if failed:
            request.node.add_report_section("teardown", f"daemons, in {network.folder}", network.logs())
        network.clean_up(keep=failed)


@pytest.fixture
def network(empty_network: Network) -> Network:
    """A running gateway, without workers."""
    empty_network.start_gateway()
    return empty_network


@pytest.fixture
def caller(network: Network) -> Caller:
    """A wallet with 10,000 credits and a key."""
    return network.caller()


@pytest.fixture
def upstream() -> Iterator[ScriptedUpstream]:
    """A model server that does what the test says."""
    server = ScriptedUpstream()
    yield server
    server.close()


@pytest.fixture(scope="session")
def llama(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The base URL of a real llama.cpp that serves the tiny chat model to every test."""
    with running_llama(tmp_path_factory.mktemp("llama")) as url:
        yield url


@pytest.fixture(scope="session")
def embedder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The base URL of another, which makes vectors too."""
    with running_llama(tmp_path_factory.mktemp("embedder"), "--embeddings", "--pooling", "mean") as url:
        yield url


@contextmanager
def running_llama(folder: Path, *arguments: str) -> Iterator[str]:
    """A llama.cpp with the tiny chat model, and its base URL."""
    model = ["-m", str(MODELS / "tiny-chat.gguf"), "-n", "256", "-c", "8192", "-np", "4"]
    server = Process([*LLAMA_SERVER, *model, "--port", "0", *arguments], folder / "log")
    try:
        line = server.wait_for_output("listening on http://")
        yield "http://" + line.rpartition("http://")[2].strip().rstrip("/") + "/v1"
    finally:
        server.clean_up()
