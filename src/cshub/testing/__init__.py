"""What plugin authors test with: contract suites, the sandbox kit, fault profiles, a seeded company."""
