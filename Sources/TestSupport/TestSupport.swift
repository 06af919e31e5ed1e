// Doubles and conformance suites for the tests.
