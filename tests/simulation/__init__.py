"""The night-shift simulator: a year of traffic through the real services, in accelerated time."""
