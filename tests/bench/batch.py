"""Batches: click → every document signed, validated and durable, with the stages in between and what each process spent."""

from dataclasses import dataclass

from server.users.user import User
from tests.bench.browser import Browser
from tests.bench.contracts import make_contracts
from tests.bench.figures import Figure, at_least, at_most, plain
from tests.bench.phone import Phone
from tests.bench.stand import MemoryWatch, Stand

DOCUMENTS_A_SECOND = 400.0
GROWTH_MIB = 300.0


@dataclass(frozen=True)
class BatchRun:
    """Seconds from the click; CPU in seconds and memory growth in MiB by process."""

    count: int
    stages: dict[str, float]
    cpu: dict[str, float]
    growth: dict[str, float]

    @property
    def seconds(self) -> float:
        return self.stages["shown"]


def run_batch(stand: Stand, user: User, browser: Browser, phone: Phone, count: int) -> BatchRun:
    """One request over ``count`` new documents. The person's waits are zero, the code lies ready."""
    documents = stand.add_documents(user, make_contracts(count))
    processes = {**stand.server_processes(), "phone": phone.process}
    with MemoryWatch(processes) as watch:
        request_id, clicked = browser.sign(documents)
        phone.tell_code(request_id)
        shown, snapshot = browser.wait_final(request_id, 120 + count / 20)
    assert (snapshot["state"], snapshot["items_signed"]) == ("COMPLETED", count), snapshot
    stages = {
        "prepared": browser.first_time(request_id, "items_prepared", count),
        "pushed": phone.wait("request", request_id).at,
        "checked": phone.wait("checked", request_id).at,
        "approved": phone.wait("approved", request_id).at,
        "signed": phone.wait("signed", request_id, stage="sending", done=count).at,
        "shown": shown,
    }
    phone.wait("outcome", request_id)
    stand.warm_up_workers()  # what the batch left behind is not the next one's work
    return BatchRun(count, {name: at - clicked for name, at in stages.items()}, watch.cpu_seconds, watch.growth)


def median_run(runs: list[BatchRun]) -> BatchRun:
    return sorted(runs, key=lambda run: run.seconds)[(len(runs) - 1) // 2]


def figures_of_size(runs: list[BatchRun]) -> list[Figure]:
    """Throughput of one size (median run), and what a document costs all processes together."""
    run = median_run(runs)
    name, rate = f"batch_{run.count}", run.count / run.seconds
    speed = f"{name}.documents_per_second"
    return [
        at_least(speed, rate, "documents/s", DOCUMENTS_A_SECOND) if run.count == 1000 else plain(speed, rate, "documents/s"),
        plain(f"{name}.cpu_each", 1000 * sum(run.cpu.values()) / run.count, "ms/document"),
    ]


def figures_of_flatness(runs: dict[int, BatchRun]) -> list[Figure]:
    """Seconds and CPU per document of each size, as multiples of those of the batch of 1,000 (else of the biggest): 1 is flat."""
    base = runs.get(1000) or runs[max(runs)]
    figures = []
    for count, run in runs.items():
        seconds = (run.seconds / count) / (base.seconds / base.count)
        cpu = (sum(run.cpu.values()) / count) / (sum(base.cpu.values()) / base.count)
        figures.append(plain(f"batch_{count}.seconds_each_to_{base.count}", seconds, "times"))
        figures.append(plain(f"batch_{count}.cpu_each_to_{base.count}", cpu, "times"))
    return figures


def figures_of_stages(run: BatchRun, bound_each: float, bound_grouped: float) -> list[Figure]:
    """Where the time of the biggest batch went."""
    name, count = f"batch_{run.count}", run.count
    figures = [plain(f"{name}.click_to_{stage}", seconds, "s") for stage, seconds in run.stages.items()]
    figures += [plain(f"{name}.cpu.{process}", 1000 * cpu / count, "ms/document") for process, cpu in run.cpu.items()]
    figures += [
        at_most(f"{name}.memory_growth.{process}", growth, "MiB", GROWTH_MIB) for process, growth in run.growth.items()
    ]
    rate = count / run.seconds
    figures.append(plain(f"{name}.share_of_bound_fsync_each", rate / bound_each, "of one core's bound"))
    figures.append(plain(f"{name}.share_of_bound_sync_per_50", rate / bound_grouped, "of one core's bound"))
    return figures
