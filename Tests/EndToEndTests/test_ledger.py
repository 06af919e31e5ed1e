"""The ledger under thousands of requests at once, and under a gateway that is killed: no credit more, none less."""

import asyncio
import os
import random
from collections import Counter
from hashlib import sha256

import httpx
from harness.crowd import Ask, Crowd
from harness.network import Network
from harness.scripted_upstream import ScriptedUpstream
from harness.wallet import Wallet

SEED = int(os.environ.get("DECENTRAL_CHAOS_SEED", random.SystemRandom().randrange(1_000_000)))
CREDITS = 601
CAPS = (None, 100, 41)
MANY = "max_concurrent_requests_per_account = 4000\n"


def answer(call) -> None:
    call.answer("ok")


def keys_of(wallet: Wallet) -> dict[str, int | None]:
    """Keys of the wallet, with and without a cap."""
    signed_in = wallet.sign_in()
    keys = {}
    for cap in CAPS:
        body = {} if cap is None else {"spending_cap_credits": cap}
        made = httpx.post(f"{wallet.url}/v1/keys", headers=signed_in, json=body)
        assert made.status_code == 201, made.text
        keys[made.json()["key"]] = cap
    return keys


def crowd_of(network: Network) -> Crowd:
    body = {"model": "scripted", "max_tokens": 500, "messages": [{"role": "user", "content": network.prompt_word}]}
    return Crowd(network.gateway.port, body)


def check_money(network: Network, wallet: Wallet, keys: dict[str, int | None], asks: list[Ask]) -> int:
    """What was granted is what is left and what was charged, to the credit, as each side counts it.

    Returns what was charged.
    """
    credits = httpx.get(f"{wallet.url}/v1/credits", headers=wallet.sign_in()).json()
    assert credits["locked"] == 0, credits
    assert credits["balance"] + credits["spent"] == CREDITS, credits
    jobs = network.gateway.rows("SELECT * FROM jobs WHERE wallet = ?", wallet.address)
    charged = {job["job_id"]: job["credits_charged"] for job in jobs if job["status"] == "settled"}
    assert sum(charged.values()) == credits["spent"]
    for ask in asks:
        assert ask.remaining is None or 0 <= ask.remaining <= CREDITS
        for job_id, amount in ask.charged.items():
            assert charged[job_id] == amount, f"{ask} was told of another charge than the books have"
    for key, cap in keys.items():
        spent = network.gateway.rows("SELECT spent_credits FROM api_keys WHERE sha256 = ?", digest(key))
        assert cap is None or spent[0]["spent_credits"] <= cap
    return credits["spent"]


def digest(text: str) -> str:
    """As the gateway keeps a key."""
    return f"sha256:{sha256(text.encode()).hexdigest()}"


def test_thousands_of_requests_at_once_spend_a_small_balance_to_the_credit(empty_network: Network):
    """Three thousand on six hundred connections, for a balance that pays for three hundred of them."""
    network = empty_network
    network.start_gateway(api=MANY)
    network.add_worker(ScriptedUpstream(answer).url, slots=32)
    wallet = Wallet(network.gateway, credits=CREDITS)
    keys = keys_of(wallet)
    asks = [Ask(f"crowd-{number}", list(keys)[number % len(keys)]) for number in range(3_000)]
    asyncio.run(crowd_of(network).run(asks, connections=600))

    answers = Counter(ask.answers[0] for ask in asks)
    paid = answers.pop((200, ""))
    assert check_money(network, wallet, keys, asks) == 2 * paid
    assert set(answers) <= {
        (402, "insufficient_credits"),
        (402, "spending_cap_reached"),
        (503, "network_at_capacity"),
    }, answers
    assert answers[(402, "spending_cap_reached")] > 0
    assert paid == CREDITS // 2, f"{answers}: nothing failed, so all that could be bought was"


def test_a_gateway_killed_under_a_crowd_keeps_every_credit(empty_network: Network):
    """Whoever saw no answer sends its request again with its key, until the books have it or the money is gone."""
    print(f"repeat with DECENTRAL_CHAOS_SEED={SEED}")
    chance = random.Random(SEED)
    network = empty_network
    gateway = network.start_gateway(api=MANY)
    worker = network.add_worker(ScriptedUpstream(answer).url, slots=32)
    wallet = Wallet(gateway, credits=CREDITS)
    keys = keys_of(wallet)
    asks = [
        Ask(f"killed-{number}", list(keys)[number % len(keys)], f"key-{number}" if number % 3 else None)
        for number in range(400)
    ]

    async def rounds() -> None:
        for _ in range(4):
            again = [ask for ask in asks if not ask.answers or (ask.idempotency_key and not ask.is_answered)]
            # At a moment that the seed chooses, counted in answers and not in time.
            countdown = iter(range(chance.randrange(1, max(2, len(again) // 3)), -1, -1))

            def on_answer(countdown=countdown) -> None:
                if next(countdown, None) == 0:
                    gateway.process.kill()

            await crowd_of(network).run(again, connections=80, on_answer=on_answer)
            if gateway.process.is_running:
                gateway.process.kill()
            gateway.start()
            await asyncio.to_thread(gateway.wait_ready)
            await asyncio.to_thread(worker.wait_connected)
        await crowd_of(network).run(
            [ask for ask in asks if not ask.is_answered and ask.idempotency_key], connections=80
        )

    asyncio.run(rounds())
    check_money(network, wallet, keys, asks)
    answers = {answer for ask in asks for answer in ask.answers}
    assert answers <= {
        (200, ""),
        (0, ""),
        (402, "insufficient_credits"),
        (402, "spending_cap_reached"),
        (409, "idempotency_replay"),
        (502, "worker_failed"),
        (503, "no_workers_available"),
        (503, "network_at_capacity"),
        (503, "shutting_down"),
    }, answers
    twice = gateway.rows(
        "SELECT request_id FROM jobs WHERE status = 'settled' AND request_id IN "
        "(SELECT request_id FROM jobs WHERE status = 'settled' GROUP BY request_id HAVING count(*) > 1)"
    )
    keyed = {ask.request_id for ask in asks if ask.idempotency_key}
    assert not {row["request_id"] for row in twice} & keyed, "a key was charged twice"
    assert (0, "") in answers and (200, "") in answers
