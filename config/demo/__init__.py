"""The demo city and its day: data tables, seeding, and the simulated customers and clerks."""
