"""Peers: other queues, each a program of its own in an environment of its own (`make bench-peers`)."""
