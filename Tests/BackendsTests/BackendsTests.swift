// Tests of Backends.
