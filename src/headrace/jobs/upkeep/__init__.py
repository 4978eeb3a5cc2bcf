"""What keeps the queue in order: rescue, promote, prune. Every web and worker process runs `DUTIES`."""

from headrace.jobs.upkeep import promote, prune, rescue
from headrace.jobs.upkeep.duty import Duty, perform

RESCUE = Duty("rescue", 5.0, 7_201, rescue.run_once)
PROMOTE = Duty("promote", 0.5, 7_202, promote.run_once)
PRUNE = Duty("prune", 60.0, 7_203, prune.run_once)
DUTIES = (RESCUE, PROMOTE, PRUNE)

__all__ = ["DUTIES", "PROMOTE", "PRUNE", "RESCUE", "Duty", "perform"]
