"""The accounts over HTTP; part of the web layer."""
