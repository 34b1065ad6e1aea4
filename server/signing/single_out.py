"""A group of documents that failed, or ended its worker, is tried again one by one: so one bad document fails alone."""

from typing import Any

from server.work import Job


def single_out(job: Job) -> list[dict[str, Any]]:
    """Bodies of jobs for each document of a group that is not at its first attempt; empty when there is nothing to part."""
    if job.attempts < 2:
        return []
    if job.kind == "prepare_items" and job.body["count"] > 1:
        first = job.body["first"]
        return [job.body | {"first": at, "count": 1} for at in range(first, first + job.body["count"])]
    if job.kind == "embed_items" and len(job.body["positions"]) > 1:
        return [job.body | {"positions": [position]} for position in job.body["positions"]]
    return []
