/// Who takes a job: a slot of it is held.
enum Reservation: Sendable {
    case worker(LiveWorker)
    case seed(SeedSlot)
}
