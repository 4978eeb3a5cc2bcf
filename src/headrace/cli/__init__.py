"""The command line: `headrace up`, `web`, `worker` and the rest."""
