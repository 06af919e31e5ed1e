// The worker's database.
