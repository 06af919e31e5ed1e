// Tests of WorkerProtocol.
