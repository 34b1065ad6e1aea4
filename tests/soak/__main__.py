"""``make soak``: rounds of random SIGKILLs and network cuts during a batch, until the rounds or the minutes are used up. Exit status 1 when
a promise was broken; the seed and the round's number play the same plan again."""

import argparse
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from tests.soak.rounds import Round, Soak


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser("python -m tests.soak", description=__doc__)
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--minutes", type=float, default=60.0, help="no round begins after so many")
    parser.add_argument("--documents", type=int, default=200, help="in each batch")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--first", type=int, default=0, help="the number of the first round")
    options = parser.parse_args(argv)
    until = time.monotonic() + options.minutes * 60
    played: list[Round] = []
    with tempfile.TemporaryDirectory(prefix="phoneseal-soak-") as folder:
        soak = Soak(Path(folder), documents=options.documents, seed=options.seed)
        try:
            soak.start()
            for number in range(options.first, options.first + options.rounds):
                if time.monotonic() > until:
                    break
                played.append(soak.play(number))
                sys.stdout.write(f"{played[-1].line()}\n")
                sys.stdout.flush()
                if played[-1].fault:
                    sys.stdout.write(soak.stand.server.log()[-6000:])
                    soak.stand.server.stop()
                    soak.stand.start_server()
        finally:
            soak.stop()
    return report(played)


def report(played: list[Round]) -> int:
    items, acts = Counter[str](), Counter[str]()
    for one in played:
        items.update(one.items)
        acts.update(act.what for act in one.plan)
    faults = [one for one in played if one.fault]
    sys.stdout.write(
        f"{len(played)} rounds, {sum(items.values())} documents: {dict(items)}; disturbed by {dict(acts)}; {len(faults)} faults\n"
    )
    return 1 if faults or not played else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
