// Tests of WorkerStore.
