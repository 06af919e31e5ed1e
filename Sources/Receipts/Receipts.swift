// Offers, receipts, output digests and settlement statements with their checks.
