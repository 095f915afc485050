"""Speed, measured: `make bench` and `make bench-reply`. Ratios within one run, never a timed unit test."""
