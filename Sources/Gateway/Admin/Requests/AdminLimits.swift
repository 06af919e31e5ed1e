/// Bounds of what the admin API takes.
package enum AdminLimits {
    /// How many items a page may have.
    package static let page = 1...1_000
    package static let defaultPage = 50
    /// Longest name of a key or reference of a grant, in bytes.
    package static let textBytes = 128
    /// Most credits of one grant: ten million dollars' worth, far from where sums of micro-USDC would overflow.
    package static let grant = 1...1_000_000_000
}
