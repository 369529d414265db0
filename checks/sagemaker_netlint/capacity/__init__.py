"""How many IPv4 addresses workloads need in their subnets, and whether those have them: pure functions."""
