"""Passwords of a city's staff are hashed so that a stolen table is of little use."""

from argon2 import PasswordHasher, Type, extract_parameters


def test_guessing_one_password_costs_64_mebibytes_and_three_passes(shipped_hasher: PasswordHasher) -> None:
    kept = extract_parameters(shipped_hasher.hash("a password"))

    assert kept.type is Type.ID
    assert kept.memory_cost >= 64 * 1024
    assert kept.time_cost >= 3
