"""The queue: jobs from submission to final state. Read `job.py` first, then `submit.py`, `claim.py`, `finish.py`."""
