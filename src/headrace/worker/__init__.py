"""The process that runs jobs: `worker.py` first, then `execute.py` (one run) and `keeper.py` (the lease)."""
