"""The HTTP side: one FastAPI application made of the domains' routers, the apps' routers and our own pages."""
