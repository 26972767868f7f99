"""The job that finds what is due at a source and asks for it, chunk by chunk."""

from crawlers.door import Door
from listings.crawl_plan import PlanCrawls, ask_for, backlog, plan_chunk
from listings.jobs import JobContext


def plan_crawls(door: Door, context: JobContext, payload: PlanCrawls) -> None:
    """Plan one source for one organization; cut short it begins anew, and what it had planned isn't due any more."""
    del context
    with door.database.read() as session:
        behind = backlog(session, payload)
    after: int | None = 0
    while after is not None:
        now = door.clock()
        with door.database.read() as session:
            chunk = plan_chunk(session, payload, after, now)
        if chunk.found:
            with door.database.write() as session:
                ask_for(session, payload, chunk.found, now, behind=behind)
        after = chunk.last
