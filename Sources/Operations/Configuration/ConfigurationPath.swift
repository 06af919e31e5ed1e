/// Where a value stands in a configuration file: `model[1].max_concurrent_jobs`.
struct ConfigurationPath: Hashable, Sendable, CustomStringConvertible {
    enum Component: Hashable, Sendable {
        case key(String)
        /// Counted from 0.
        case index(Int)
    }

    var components: [Component] = []

    func appending(_ component: Component) -> ConfigurationPath {
        var copy = self
        copy.components.append(component)
        return copy
    }

    /// As people write it: array elements count from 1, as one counts `[[model]]` headers down the file.
    var description: String {
        var text = ""
        for component in self.components {
            switch component {
            case .key(let key): text += (text.isEmpty ? "" : ".") + SafeText.line(key)
            case .index(let index): text += "[\(index + 1)]"
            }
        }
        return text
    }
}
