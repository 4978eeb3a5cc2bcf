"""Schedules: cron expressions with a time zone that submit jobs, once per planned time; `fire.py` is the heart."""
