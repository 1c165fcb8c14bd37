"""Wiring: settings, jobs, schedule, sensor, the code location and the `cce` command."""
