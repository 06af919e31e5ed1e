"""Callers who mean harm, or cannot help it: each bound of docs/limits.md from the outside."""

import json
import re
import select
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path

import httpx
import pytest
from harness.gateway import Caller
from harness.network import Network
from harness.raw_connection import RawConnection
from harness.scripted_upstream import ScriptedUpstream
from harness.waiting import eventually

CONFIGURATION = """
[cors]
allowed_origins = ["https://app.example"]
"""
API = """
max_body_bytes = 65536
max_body_bytes_total = 1048576
max_connections = 64
header_timeout_seconds = 2
body_timeout_seconds = 3
body_stall_seconds = 1
idle_timeout_seconds = 2
write_timeout_seconds = 2
"""


@pytest.fixture(scope="module")
def shared() -> Iterator[Network]:
    """One gateway for all of them: what one does must not harm the next."""
    network = Network()
    ended_well = False
    try:
        network.start_gateway(configuration=CONFIGURATION, api=API)
        yield network
        network.check_and_stop()
        ended_well = True
    finally:
        network.clean_up(keep=not ended_well)


@pytest.fixture(scope="module")
def payer(shared: Network) -> Caller:
    return shared.caller()


@pytest.fixture
def wire(shared: Network) -> Iterator[RawConnection]:
    with RawConnection(shared.gateway.port) as connection:
        yield connection


def answers_others(network: Network) -> None:
    """A normal caller is served, and soon."""
    assert httpx.get(f"{network.gateway.url}/healthz", timeout=5).status_code == 200


def chat(caller: Caller, content: str = "hello", **headers: str) -> tuple[bytes, dict[str, str]]:
    body = json.dumps({"model": "scripted", "messages": [{"role": "user", "content": content}]}).encode()
    return body, caller.headers | {"Content-Type": "application/json"} | headers


# --- Requests that are none


@pytest.mark.parametrize(
    "request_bytes",
    [
        pytest.param(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", id="TLS"),
        pytest.param(b"GET /healthz\r\n\r\n", id="HTTP/0.9"),
        pytest.param(b"GET /healthz HTTP/2.0\r\nHost: a\r\n\r\n", id="HTTP/2"),
        pytest.param(b"GET /healthz HTTP/1.1\r\n\r\n", id="no host"),
        pytest.param(b"GET /healthz HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", id="two hosts"),
        pytest.param(b"BREW /healthz HTTP/1.1\r\nHost: a\r\n\r\n", id="unknown method"),
        pytest.param(b"CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n", id="connect"),
        pytest.param(b"GET healthz HTTP/1.1\r\nHost: a\r\n\r\n", id="no slash"),
        pytest.param(b"GET /healthz HTTP/1.1\r\nHost: a\r\nX: a\x00b\r\n\r\n", id="NUL in a header"),
        pytest.param(b"GET /healthz HTTP/1.1\r\nHost: a\r\nX: a\rY: b\r\n\r\n", id="bare CR"),
        pytest.param(b"GET /healthz HTTP/1.1\r\nHost: a\r\nX : b\r\n\r\n", id="space before the colon"),
        pytest.param(b"GET /healthz HTTP/1.1\r\nHost: a\r\nX: a\r\n b\r\n\r\n", id="folded header"),
        pytest.param(
            b"POST /v1/keys HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            id="two framings",
        ),
        pytest.param(
            b"POST /v1/keys HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\nabcde",
            id="two lengths",
        ),
        pytest.param(b"POST /v1/keys HTTP/1.1\r\nHost: a\r\nContent-Length: -4\r\n\r\nabcd", id="negative length"),
        pytest.param(b"POST /v1/keys HTTP/1.1\r\nHost: a\r\nContent-Length: 0x4\r\n\r\nabcd", id="hexadecimal length"),
        pytest.param(
            b"POST /v1/keys HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
            id="gzip, chunked",
        ),
        pytest.param(
            b"POST /v1/keys HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n", id="identity"
        ),
        pytest.param(
            b"POST /v1/keys HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", id="1.0 with chunks"
        ),
    ],
)
def test_bytes_that_are_no_request_are_400_and_the_end(shared: Network, wire: RawConnection, request_bytes: bytes):
    wire.send(request_bytes + b"GET /healthz HTTP/1.1\r\nHost: smuggled\r\n\r\n")
    answer = wire.answer()
    answer.must_be(400, "malformed_request")
    assert answer.headers["connection"] == "close"
    assert wire.is_closed(), "what follows is never taken for a request"
    answers_others(shared)


@pytest.mark.parametrize(
    "chunks", [b"zz\r\nab\r\n0\r\n\r\n", b"2\nab\n0\n\n", b"2\r\nabX0\r\n\r\n", b"ffffffffffffffffff\r\nab\r\n"]
)
def test_bad_chunks_are_400(wire: RawConnection, payer: Caller, chunks: bytes):
    wire.request(
        "POST",
        "/v1/chat/completions",
        headers=payer.headers | {"Content-Type": "application/json", "Transfer-Encoding": "chunked"},
    )
    wire.send(chunks)
    wire.answer().must_be(400, "malformed_request")
    assert wire.is_closed()


@pytest.mark.parametrize(
    ("fields", "status", "code"),
    [
        (b"X: " + b"a" * 40_000 + b"\r\n", 431, "headers_too_large"),
        (b"".join(b"X-%d: %s\r\n" % (i, b"a" * 1000) for i in range(60)), 431, "headers_too_large"),
        (b"".join(b"X-%d: a\r\n" % i for i in range(300)), 431, "headers_too_large"),
    ],
    ids=["one field", "all fields", "their number"],
)
def test_a_flood_of_headers_is_431(wire: RawConnection, fields: bytes, status: int, code: str):
    wire.send(b"GET /healthz HTTP/1.1\r\nHost: a\r\n" + fields + b"\r\n")
    wire.answer().must_be(status, code)
    assert wire.is_closed()


@pytest.mark.parametrize(
    ("target", "status", "code"),
    [
        ("/v1/" + "a" * 9000, 414, "uri_too_long"),
        ("/healthz?" + "a" * 9000, 414, "uri_too_long"),
        ("/" + "a" * 20000, 431, "headers_too_large"),
        ("//healthz", 404, "route_not_found"),
        ("/healthz/%zz%", 401, "missing_api_key"),
        ("/v1/models/%00%ff%fe", 401, "missing_api_key"),
        ("/../../etc/passwd", 401, "missing_api_key"),
        ("*", 400, "malformed_request"),
    ],
)
def test_absurd_targets_have_plain_answers(wire: RawConnection, target: str, status: int, code: str):
    wire.request("GET", target)
    wire.answer().must_be(status, code)


@pytest.mark.parametrize("path", ["%zz%", "%00%ff%fe", "..%2f..", "a" * 4000, "%F0%9F%98%80", "?=&&=", ";"])
def test_absurd_ids_are_404(shared: Network, payer: Caller, path: str):
    with RawConnection(shared.gateway.port) as wire:
        for route in ["/v1/jobs/", "/v1/models/"]:
            wire.request("GET", route + "x" + path, headers=payer.headers)
            answer = wire.answer()
            assert answer.status == 404, answer
            assert answer.error["code"] in ("job_not_found", "model_not_found")


# --- Methods


def test_a_route_says_which_methods_it_takes(wire: RawConnection, payer: Caller):
    for method in ["PUT", "PATCH", "DELETE", "TRACE", "PROPFIND", "POST"]:
        wire.request(method, "/healthz")
        answer = wire.answer()
        answer.must_be(405, "method_not_allowed")
        assert answer.headers["allow"] == "GET, HEAD, OPTIONS"
    wire.request("GET", "/v1/chat/completions", headers=payer.headers)
    answer = wire.answer()
    answer.must_be(405, "method_not_allowed")
    assert answer.headers["allow"] == "OPTIONS, POST"
    wire.request("OPTIONS", "/v1/keys", headers=payer.headers)
    answer = wire.answer()
    assert (answer.status, answer.headers["allow"]) == (204, "GET, HEAD, OPTIONS, POST")
    wire.request("OPTIONS", "/v1/keys")
    wire.answer().must_be(401, "missing_api_key")


def test_head_is_get_without_its_body(wire: RawConnection, payer: Caller):
    wire.request("GET", "/v1/models", headers=payer.headers)
    got = wire.answer()
    wire.request("HEAD", "/v1/models", headers=payer.headers)
    answer = wire.answer(has_body=False)
    assert answer.status == 200
    assert answer.headers["content-length"] == str(len(got.body))
    # The connection goes on where the headers ended.
    wire.request("HEAD", "/v1/models")
    assert wire.answer(has_body=False).status == 401
    wire.request("HEAD", "/v1/chat/completions", headers=payer.headers)
    assert wire.answer(has_body=False).status == 405
    wire.request("GET", "http://elsewhere/healthz")
    assert wire.answer().status == 200, "an absolute target is one for us"


def test_http_1_0_gets_no_chunks_and_then_the_end(shared: Network, wire: RawConnection):
    wire.send(b"GET /healthz HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
    answer = wire.answer()
    assert (answer.status, answer.version, answer.headers["connection"]) == (200, "HTTP/1.0", "close")
    assert wire.is_closed()


@pytest.mark.parametrize("value", ["close", "Close", "x, close", "upgrade"])
def test_a_last_request_is_answered_and_the_connection_ends(wire: RawConnection, value: str):
    wire.request("GET", "/healthz", headers={"Connection": value, "Upgrade": "h2c"})
    answer = wire.answer()
    assert (answer.status, answer.headers["connection"]) == (200, "close")
    assert wire.is_closed()


# --- Bodies


def test_a_body_that_is_too_large_is_413_and_the_answer_can_be_read(shared: Network, payer: Caller):
    body, headers = chat(payer, "a" * (8 << 20))
    url = f"{shared.gateway.url}/v1/chat/completions"
    declared = httpx.post(url, content=body, headers=headers)
    chunked = httpx.post(url, content=(body[i : i + 65536] for i in range(0, len(body), 65536)), headers=headers)
    for response in (declared, chunked):
        assert response.status_code == 413, response.text
        assert response.json()["error"]["code"] == "request_too_large"
        assert response.headers["connection"] == "close"
    answers_others(shared)


def test_a_body_that_never_comes_is_413_before_it(wire: RawConnection, payer: Caller):
    _, headers = chat(payer)
    wire.request("POST", "/v1/chat/completions", headers=headers | {"Content-Length": "99999999999"})
    wire.answer().must_be(413, "request_too_large")
    assert wire.is_closed()


def test_expect_100_continue_is_told_when_the_body_is_wanted(shared: Network, payer: Caller):
    body, headers = chat(payer, Expect="100-continue")
    with RawConnection(shared.gateway.port) as wire:
        wire.request("POST", "/v1/chat/completions", headers=headers | {"Content-Length": str(len(body))})
        assert wire.answer().status == 100
        wire.send(body)
        wire.answer().must_be(503, "no_workers_available")
    with RawConnection(shared.gateway.port) as wire:
        wire.request("POST", "/v1/chat/completions", headers=headers | {"Content-Length": "99999999"})
        wire.answer().must_be(413, "request_too_large")
    with RawConnection(shared.gateway.port) as wire:
        wire.request("POST", "/v1/chat/completions", headers={"Content-Length": "9", "Expect": "100-continue"})
        wire.answer().must_be(401, "missing_api_key")


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"", 400, "invalid_json"),
        (b" \n", 400, "invalid_json"),
        (b"[]", 400, "invalid_json"),
        (b"\xef\xbb\xbf{}", 400, "invalid_json"),
        (b'{"model":"scripted","messages":' + b"[" * 60_000, 400, "invalid_json"),
        (b'{"model":"\xff\xfe"}', 400, "invalid_json"),
        (b'{"model":"\xed\xa0\x80"}', 400, "invalid_json"),
        (b'{"model":"a","model":"b"}', 400, "invalid_json"),
        (b'{"temperature":NaN}', 400, "invalid_json"),
        (b'{"temperature":01}', 400, "invalid_json"),
        (b'{"temperature":1e999,"model":"scripted","messages":[{"role":"user","content":"a"}]}', 400, None),
        (b'{"max_tokens":1e999,"model":"scripted","messages":[{"role":"user","content":"a"}]}', 400, None),
        (
            b'{"max_tokens":99999999999999999999,"model":"scripted","messages":[{"role":"user","content":"a"}]}',
            400,
            None,
        ),
        (b'{"seed":1' + b"0" * 5000 + b',"model":"scripted","messages":[{"role":"user","content":"a"}]}', 400, None),
        (b'{"n":-0,"model":"scripted","messages":[{"role":"user","content":"a"}]}', 400, "invalid_parameter"),
        (b'{"' + b"a" * 5000 + b'":1,"model":"scripted"}', 400, None),
        (b'{"model":"scripted","messages":[{"role":"user","content":"\\ud800"}]}', 503, "no_workers_available"),
        (b'{"model":"\\ud800\\u0000","messages":[{"role":"user","content":"a"}]}', 400, "invalid_parameter"),
    ],
)
def test_absurd_json_has_a_plain_answer(wire: RawConnection, payer: Caller, body: bytes, status: int, code: str | None):
    _, headers = chat(payer)
    wire.request(
        "POST", "/v1/chat/completions", body=body, headers=headers | {"Content-Length": str(len(body)), "X": "y"}
    )
    answer = wire.answer()
    assert answer.status == status, answer
    assert code in (None, answer.error["code"]), answer
    assert len(answer.body) < 2000, "nothing is echoed at length"


@pytest.mark.parametrize(
    "fields",
    [
        {"Content-Type": "text/plain"},
        {"Content-Type": "application/x-www-form-urlencoded"},
        {"Content-Type": ""},
        {},
        {"Content-Type": "application/json", "Content-Encoding": "gzip"},
        {"Content-Type": "application/json", "Content-Encoding": "br"},
        {"Content-Type": "application/json", "Content-Encoding": "identity, gzip"},
    ],
)
def test_other_media_and_compressed_bodies_are_415(wire: RawConnection, payer: Caller, fields: dict):
    wire.request("POST", "/v1/chat/completions", body=b"\x1f\x8b" + b"\0" * 100, headers=payer.headers | fields)
    wire.answer().must_be(415, "unsupported_media_type")


def test_no_error_repeats_what_was_sent(shared: Network, payer: Caller):
    secret = "s3cr3t" * 5
    bodies = [
        f'{{"model":"{secret}',
        f'{{"model":"scripted","messages":[{{"role":"user","content":"{secret}","{secret} x":1}}]}}',
        f'{{"model":"scripted","messages":[{{"role":"{secret}","content":"a"}}]}}',
        f'{{"model":"scripted","messages":"{secret}"}}',
        f'{{"{secret} {secret}":1}}',
        f'{{"model":"scripted","messages":[{{"role":"user","content":"a"}}],"stop":["{secret}",1]}}',
    ]
    _, headers = chat(payer)
    url = f"{shared.gateway.url}/v1/chat/completions"
    for response in [
        *(httpx.post(url, content=body, headers=headers) for body in bodies),
        httpx.post(url, json={}, headers={"Authorization": f"Bearer dcntrl_live_{secret}"}),
        httpx.post(url, json={}, headers={"Authorization": f"Basic {secret}"}),
        httpx.get(f"{shared.gateway.url}/{secret}", headers=headers),
    ]:
        assert 400 <= response.status_code < 500
        assert "s3cr3t" not in response.text
        assert response.json()["error"]["docs"]


# --- Slow callers


def test_slow_headers_are_408(shared: Network, wire: RawConnection):
    started = time.monotonic()
    wire.send(b"GET /healthz HTTP/1.1\r\nHost: a\r\n")
    # A line whenever nothing has come for a while: that a caller is slow is what the bound is about.
    while not select.select([wire.socket], [], [], 0.3)[0] and time.monotonic() - started < 10:
        wire.send(b"X: y\r\n")
    wire.answer().must_be(408, "request_timeout")
    assert 1.5 < time.monotonic() - started < 5
    assert wire.is_closed()


def test_a_connection_that_says_nothing_ends_silently(wire: RawConnection):
    assert wire.is_closed()


def test_an_idle_connection_ends_silently(wire: RawConnection):
    wire.request("GET", "/healthz")
    assert wire.answer().status == 200
    assert wire.is_closed()


@pytest.mark.parametrize("pause", [10, 0.2], ids=["stands still", "dribbles"])
def test_slow_bodies_are_408(wire: RawConnection, payer: Caller, pause: float):
    _, headers = chat(payer)
    wire.request("POST", "/v1/chat/completions", headers=headers | {"Content-Length": "20000"})
    wire.socket.settimeout(pause)
    deadline = time.monotonic() + 6
    while time.monotonic() < deadline:
        wire.send(b" " * 10)
        try:
            wire.answer().must_be(408, "request_timeout")
            return
        except TimeoutError:
            continue
    pytest.fail("the gateway waited for the body for ever")


# --- Order, and callers who leave


def test_requests_sent_ahead_are_answered_in_their_order(shared: Network, wire: RawConnection, payer: Caller):
    body, headers = chat(payer)
    lengths = headers | {"Content-Length": str(len(body))}
    for number in range(20):
        wire.request("POST", "/v1/chat/completions", body=body, headers=lengths | {"X-Request-Id": f"a-{number}"})
        wire.request("GET", "/healthz", headers={"X-Request-Id": f"b-{number}"})
    wire.send(b"nonsense\r\n\r\n")
    for number in range(20):
        asked = wire.answer()
        asked.must_be(503, "no_workers_available")
        assert asked.headers["x-request-id"] == f"a-{number}"
        healthy = wire.answer()
        assert (healthy.status, healthy.headers["x-request-id"]) == (200, f"b-{number}")
    wire.answer().must_be(400, "malformed_request")
    assert wire.is_closed()


def test_who_ends_its_sending_side_is_still_answered_without_a_job(wire: RawConnection):
    wire.request("GET", "/healthz")
    wire.socket.shutdown(1)
    assert wire.answer().status == 200
    assert wire.is_closed()


# --- Other origins


def test_web_pages_that_are_allowed_may_call(shared: Network, payer: Caller):
    url = f"{shared.gateway.url}/v1/models"
    page = {"Origin": "https://app.example"}
    asked = page | {"Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": "authorization"}

    preflight = httpx.options(url, headers=asked)
    assert preflight.status_code == 204
    assert preflight.headers["access-control-allow-origin"] == "https://app.example"
    assert "GET" in preflight.headers["access-control-allow-methods"]
    assert "authorization" in preflight.headers["access-control-allow-headers"].lower()
    assert "access-control-allow-credentials" not in preflight.headers
    assert httpx.options(f"{url}x/y", headers=asked).status_code == 401, "there is no such route"
    assert httpx.options(url, headers=asked | {"Origin": "https://evil.example"}).status_code == 401

    for response in [httpx.get(url, headers=payer.headers | page), httpx.get(url, headers=page)]:
        assert response.headers["access-control-allow-origin"] == "https://app.example"
        assert response.headers["vary"] == "Origin"
        exposed = response.headers["access-control-expose-headers"].lower()
        assert {"x-request-id", "retry-after", "x-decentral-job-id"} <= set(re.split(", *", exposed))
    stranger = httpx.get(url, headers=payer.headers | {"Origin": "https://evil.example"})
    assert "access-control-allow-origin" not in stranger.headers
    assert stranger.headers["vary"] == "Origin"


# --- Many at once


def resident_kilobytes(network: Network) -> int:
    status = Path(f"/proc/{network.gateway.process.pid}/status").read_text()
    return int(re.search(r"VmRSS:\s+(\d+)", status)[1])


def test_connections_that_only_stand_there_keep_nobody_out(shared: Network):
    standing = [RawConnection(shared.gateway.port) for _ in range(300)]
    try:
        for connection in standing[::2]:
            connection.send(b"GET /healthz HTTP/1.1\r\nHost")
        started = time.monotonic()
        for _ in range(5):
            answers_others(shared)
        assert time.monotonic() - started < 2
        assert standing[0].is_closed(), "who has waited longest gives way"
    finally:
        for connection in standing:
            connection.socket.close()


def test_bodies_together_have_a_bound(shared: Network, payer: Caller):
    """Of 1 MiB for all, 20 callers with 60 KiB each want more: some are told to come back, at once."""
    _, headers = chat(payer)
    wires = [RawConnection(shared.gateway.port) for _ in range(20)]
    try:
        for wire in wires:
            wire.request("POST", "/v1/chat/completions", headers=headers | {"Content-Length": "61441"})
            wire.send(b" " * 61440)
        answered, _, _ = select.select([wire.socket for wire in wires], [], [], 0.9)
        refused = [wire.answer() for wire in wires if wire.socket in answered]
        assert refused
        for answer in refused:
            answer.must_be(503, "network_at_capacity")
            assert int(answer.headers["retry-after"]) == answer.error["retry_after"] > 0
        answers_others(shared)
    finally:
        for wire in wires:
            wire.socket.close()


def test_a_flood_of_everything_leaves_memory_bounded(shared: Network, payer: Caller):
    """200 hostile callers, 16 at a time: less than 64 MiB more than before, and others are served meanwhile."""
    _, headers = chat(payer)
    before = resident_kilobytes(shared)

    def attack(number: int) -> None:
        with RawConnection(shared.gateway.port, timeout=5) as wire:
            try:
                match number % 5:
                    case 0:
                        wire.send(b"GET / HTTP/1.1\r\nHost: a\r\n" + b"X: y\r\n" * 5000)
                    case 1:
                        wire.request("POST", "/v1/chat/completions", body=b"[" * 65_000, headers=headers)
                    case 2:
                        wire.request("POST", "/v1/chat/completions", headers=headers | {"Content-Length": "9" * 12})
                        wire.send(b" " * 1_000_000)
                    case 3:
                        wire.send(b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n" * 200)
                    case 4:
                        wire.send(b"\0" * 200_000)
                wire.socket.recv(1000)
            except (ConnectionError, TimeoutError):
                pass

    with ThreadPoolExecutor(16) as pool:
        attacks = [pool.submit(attack, number) for number in range(200)]
        while wait(attacks, timeout=0.05).not_done:
            answers_others(shared)
        for done in attacks:
            done.result()
    grown = resident_kilobytes(shared) - before
    assert grown < 64 << 10, f"{grown} KiB more than before"


# --- Callers and jobs


def hostile_network(network: Network) -> Caller:
    network.start_gateway(api="write_timeout_seconds = 2\n", job_timeout=60)
    return network.caller()


def test_who_sends_ahead_and_leaves_is_noticed(network: Network, caller: Caller, upstream: ScriptedUpstream):
    network.add_worker(upstream.url)
    body, headers = chat(caller, network.prompt_word)
    body = json.dumps(json.loads(body) | {"stream": True}).encode()
    with RawConnection(network.gateway.port) as wire:
        for _ in range(3):
            wire.request("POST", "/v1/chat/completions", body=body, headers=headers)
        call = upstream.next_call()
        call.send("one")
        wire.read_until(b"one")
    assert call.worker_hung_up.wait(10)
    (row,) = network.gateway.rows("SELECT job_id FROM jobs")
    assert caller.wait_for_job(row["job_id"], "settled")["credits_charged"] == 2


def test_who_never_reads_its_stream_is_cut_off_and_pays_for_it(empty_network: Network, upstream: ScriptedUpstream):
    caller = hostile_network(empty_network)
    empty_network.add_worker(upstream.url)
    body, headers = chat(caller, empty_network.prompt_word)
    body = json.dumps(json.loads(body) | {"stream": True, "max_tokens": 1500}).encode()
    with RawConnection(empty_network.gateway.port, receive_buffer=4096) as wire:
        wire.request("POST", "/v1/chat/completions", body=body, headers=headers)
        call = upstream.next_call()
        word = "x" * 10_000
        for _ in range(300):  # less than all output may be, more than may wait
            if call.worker_hung_up.is_set():
                break
            call.send(word)
        assert call.worker_hung_up.wait(10), "the job must end before its deadline"
        (row,) = empty_network.gateway.rows("SELECT job_id FROM jobs")
        job = caller.wait_for_job(row["job_id"], "settled")
        assert job["credits_charged"] > 0
        eventually(lambda: len(established(empty_network)) == 0, "the connection has been closed")


def established(network: Network) -> list[str]:
    """The gateway's connections on its public port, as the kernel lists them."""
    port = f":{network.gateway.port:04X}"
    lines = Path("/proc/net/tcp").read_text().splitlines()[1:]
    return [line for line in lines if line.split()[1].endswith(port) and line.split()[3] == "01"]
