/// What the workers that take offers for a model can do at one moment; who is set aside does not count.
struct ModelCapacity: Sendable, Equatable {
    var workers = 0
    var slots = 0
    /// Slots that jobs of this network hold.
    var busy = 0
}
