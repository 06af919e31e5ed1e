"""A network to which everything happens while callers ask; afterwards its books must be right."""

import os
import signal
from collections import Counter
from collections.abc import Callable, Iterable
from time import monotonic

from .backend import Backend
from .books import check_books, check_callers
from .daemon import Daemon
from .gateway import Caller, Gateway
from .load import Load, Outcome
from .network import Network
from .relay import TO_GATEWAY, TO_WORKER, Relay
from .schedule import Fault
from .waiting import eventually, pause
from .worker import Worker

CREDITS = 100_000_000
# Seconds that a job outlives its session: short, so that many of the faults last longer.
RECONNECT = 3
# No process that is asked to end may take longer: the longest job, and what a drain adds.
LONGEST_DRAIN = 60.0


class Chaos:
    """Workers with a backend and a wire each, one gateway, and callers with credits of their own."""

    def __init__(self, network: Network, *, seed: int, workers: int = 3, callers: int = 3, askers: int = 16):
        self.network = network
        self.seed = seed
        self.faults: Counter[str] = Counter()
        self._journal = network.folder / "faults.log"
        self._began = monotonic()
        self._askers = askers
        self._loads = 0
        # What is to be undone: when, what it happened to, and how; a `False` answer asks to be called again.
        self._repairs: list[tuple[float, object, Callable[[], bool | None]]] = []
        self.asked: list = []

        self.wires = [Relay() for _ in range(workers)]
        self.gateway: Gateway = network.start_gateway(
            # Nobody is set aside: the faults here are nobody's own, and would leave nobody to ask.
            configuration="[dispatch]\nset_aside_seconds = 0\n",
            job_timeout=20,
            reconnect=RECONNECT,
            public_names=[f"127.0.0.1:{wire.port}" for wire in self.wires],
        )
        self.backends: list[Backend] = []
        self.workers: list[Worker] = []
        for number, wire in enumerate(self.wires):
            wire.serve(self.gateway.worker_port)
            backend = Backend(network.folder / f"backend-{number + 1}.log")
            backend.start()
            self.backends.append(backend)
            self.workers.append(network.add_worker(backend.url, gateway_url=f"http://127.0.0.1:{wire.port}"))
        self.callers: list[Caller] = [network.caller(CREDITS) for _ in range(callers)]
        self.load = self._new_load()
        network.finally_do(self._clean_up)

    def _new_load(self) -> Load:
        self._loads += 1
        return Load(
            self.callers,
            self.gateway.port,
            askers=self._askers,
            seed=self.seed + self._loads,
            prompt_word=self.network.prompt_word,
            output_word=self.network.output_word,
        )

    @property
    def seconds(self) -> float:
        """Since it was made."""
        return monotonic() - self._began

    # What happens.

    def run(self, faults: Iterable[Fault], *, until: Callable[[], bool] = lambda: False) -> None:
        """Lets the faults happen under load, then brings everything up again and compares the books."""
        self.load = self._new_load()
        self.load.start()
        served = 0
        for fault in faults:
            self._go_on(fault.pause)
            # A kill finds work to disturb: somebody was served since the last one.
            if fault.kind.startswith("kill"):
                self._wait(lambda served=served: self.load.count(Outcome.COMPLETE) > served, "somebody is served", 90)
                served = self.load.count(Outcome.COMPLETE)
            self._happen(fault)
            if until():
                break
        self._wait(lambda: not self._repairs, "everything is repaired", LONGEST_DRAIN + 20)
        self.load.stop()
        self.asked += self.load.asked
        self.check()

    def check(self) -> None:
        """Everything is up again, and the books are right."""
        for daemon in [self.gateway, *self.workers]:
            daemon.wait_connected()
        for worker in self.workers:
            worker.wait_for_health("healthy")
        check_books(self.gateway, self.workers, patience=60)
        check_callers(self.gateway, {caller.wallet: CREDITS for caller in self.callers}, self.asked)

    def _clean_up(self) -> None:
        """Ends the processes and wires that are this chaos's own; the daemons are the network's."""
        for backend in self.backends:
            backend.clean_up()
        for wire in self.wires:
            wire.close()

    # One fault.

    def _happen(self, fault: Fault) -> None:
        what, _, whom = fault.kind.partition(" ")
        group: list = {"worker": self.workers, "gateway": [self.gateway], "backend": self.backends}.get(
            whom, self.wires
        )
        # One that is in trouble already is left alone until it is well.
        self._wait(lambda: any(not self._is_in_trouble(one) for one in group), f"a {whom} is well", LONGEST_DRAIN + 20)
        well = [one for one in group if not self._is_in_trouble(one)]
        victim = well[int(fault.target * len(well))]
        self.faults[fault.kind] += 1
        self._note(f"{fault.kind} {group.index(victim) + 1} for {fault.lasts:.2f} s")
        match what:
            case "kill":
                victim.process.kill()
                self._repair(fault.lasts, victim, victim.start)
            case "terminate":
                victim.process.terminate()
                asked_at = monotonic()
                self._repair(fault.lasts, victim, lambda: self._start_once_ended(victim, asked_at))
            case "stop":
                os.kill(victim.process.pid, signal.SIGSTOP)
                self._repair(fault.lasts, victim, lambda: os.kill(victim.process.pid, signal.SIGCONT))
            case "cut":
                victim.cut()
            case "hold":
                ways = {"wire to gateway": [TO_GATEWAY], "wire to worker": [TO_WORKER]}
                victim.hold(*ways.get(whom, [TO_GATEWAY, TO_WORKER]))
                # Half of them give out what they held, and half drop it with the connection.
                self._repair(fault.lasts, victim, victim.release if fault.target < 0.5 else victim.cut)
            case mode:
                victim.behave(mode)
                self._repair(fault.lasts, victim, lambda: victim.behave("well"))

    def _start_once_ended(self, daemon: Daemon, asked_at: float) -> bool:
        if daemon.process.is_running:
            if monotonic() - asked_at > LONGEST_DRAIN:
                raise Crashed(f"{daemon.folder.name} was asked to end and has not; see {daemon.log}")
            return False
        # Who is asked before it has begun to listen to signals ends as any process does.
        if (code := daemon.process.wait()) not in (0, -signal.SIGTERM):
            raise Crashed(f"{daemon.folder.name} was asked to end and did with {code}; see {daemon.log}")
        daemon.start()
        return True

    def _is_in_trouble(self, one: object) -> bool:
        return any(victim is one for _, victim, _ in self._repairs)

    def _repair(self, after: float, victim: object, how: Callable[[], bool | None]) -> None:
        self._repairs.append((monotonic() + after, victim, how))

    def _go_on(self, seconds: float) -> None:
        """Lets time pass, in which what is due is repaired."""
        end = monotonic() + seconds
        while True:
            self._look()
            if monotonic() >= end:
                return
            pause(min(0.02, seconds))

    def _wait(self, holds: Callable[[], bool], what: str, timeout: float) -> None:
        def look() -> bool:
            self._look()
            return holds()

        eventually(look, what, timeout)

    def _look(self) -> None:
        """Repairs what is due, and notices what ended by itself or went wrong."""
        self.load.check()
        for repair in [repair for repair in self._repairs if repair[0] <= monotonic()]:
            _, victim, how = repair
            self._repairs.remove(repair)
            if how() is False:
                self._repair(0.05, victim, how)
        for one in [self.gateway, *self.workers, *self.backends]:
            if not self._is_in_trouble(one) and not one.process.is_running:
                raise Crashed(f"{one.process.command} ended by itself with {one.process.wait()}; see {one.process.log}")

    def _note(self, text: str) -> None:
        with self._journal.open("a") as journal:
            journal.write(f"{self.seconds:9.3f} {text}\n")


class Crashed(Exception):
    """A process ended that nobody had ended, or did not end well."""
