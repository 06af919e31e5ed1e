import Glibc

/// The reason of a failed system call.
struct SystemError: Error, Equatable, CustomStringConvertible {
    /// The value of `errno`.
    let number: Int32

    /// The C library's sentence for the number, for example "Permission denied".
    var description: String { String(cString: strerror(self.number)) }

    /// Takes `errno` as the last call left it.
    static var last: SystemError { SystemError(number: errno) }

    /// Repeats `call` while a signal interrupts it.
    ///
    /// - Returns: What the call returned, never negative.
    /// - Throws: The reason, if the call failed.
    static func checked(_ call: () -> Int32) throws(SystemError) -> Int32 {
        while true {
            let result = call()
            if result >= 0 { return result }
            let number = errno
            if number != EINTR { throw SystemError(number: number) }
        }
    }
}
