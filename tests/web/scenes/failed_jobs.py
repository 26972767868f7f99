"""Jobs of the invented chain that gave up."""

from tests.web.scenes.frame import ago
from web.screens.elements import Act, Empty, Link
from web.screens.failed_jobs import FailedJobRow, FailedJobsView

ACTS = (
    Act("Try again", "/again", values=(("job", "deliver_fix:4"),)),
    Act("Give up", "/give-up", style="text", values=(("job", "deliver_fix:4"),)),
)


def failed_jobs_view() -> FailedJobsView:
    return FailedJobsView(
        fact="2 jobs",
        back="/sources",
        acts=(Act("Try all 2 again", "/again-all", icon="refresh-cw", style="quiet"),),
        jobs=(
            FailedJobRow(
                "Sending a correction",
                Link("Phone at Google, 009 Winona, 118 Levee Street", "/mismatches/009"),
                "The database was away, or locked for too long.",
                "ran 3 times",
                ago("5 h ago"),
                "The mismatch is open again.",
                ACTS,
            ),
            FailedJobRow(
                "Withdrawing an account’s permission",
                Link("Google", "/sources/google"),
                "An error inside (ConnectionResetError). The worker’s log has the rest.",
                "ran once",
                ago("Nov 3"),
                "Withdraw it at the source by hand.",
                ACTS,
            ),
        ),
    )


def no_failed_jobs() -> FailedJobsView:
    return FailedJobsView(
        fact="", back="/sources", empty=Empty("No job has given up", "One that fails stands here.")
    )
