// Tests of WorkerTransport.
