// Tests of Signing.
