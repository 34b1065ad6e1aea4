"""Open files: each phone and each open page holds one in the web process, and many systems begin with a limit of 1,024."""

import logging
import resource

log = logging.getLogger(__name__)
NEEDED = 20_000
"""Ten thousand phones, as many pages, and what the process itself holds open."""


def raise_file_limit() -> int:
    """Raises this process's limit, which its children inherit, as far as the system lets it; says so where that is not enough. Returns
    the limit."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = NEEDED if hard == resource.RLIM_INFINITY else min(NEEDED, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
        soft = wanted
    if soft != resource.RLIM_INFINITY and soft < NEEDED:
        sentence = "at most %d files may be open, one for each phone and page: raise LimitNOFILE (systemd) or ulimit -n to %d"
        log.warning(sentence, soft, NEEDED)
    return soft
