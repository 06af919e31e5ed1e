/// The members of a JSON object, in the order in which they stood or were added.
///
/// Each key is there once. Keys are compared byte by byte. A lookup walks the members: the objects of this
/// project have few, and the reader checks large ones for duplicates with a set.
package struct JSONObject: Sendable {
    package typealias Member = (key: String, value: JSONValue)

    package private(set) var members: [Member]

    package init() {
        members = []
    }

    /// Takes members whose keys are known to differ.
    init(distinct members: [Member]) {
        self.members = members
    }

    /// Takes members in order; a key that comes twice is the programmer's mistake.
    package init(_ members: some Sequence<(String, JSONValue)>) {
        self.init()
        for (key, value) in members {
            append(key, value)
        }
    }

    package var count: Int { members.count }

    package var isEmpty: Bool { members.isEmpty }

    /// The value of a key.
    ///
    /// Setting `nil` removes the member, setting a new key appends it.
    package subscript(key: String) -> JSONValue? {
        get {
            index(of: key).map { members[$0].value }
        }
        set {
            switch (index(of: key), newValue) {
            case (let index?, let value?): members[index].value = value
            case (let index?, nil): members.remove(at: index)
            case (nil, let value?): members.append((key, value))
            case (nil, nil): break
            }
        }
    }

    /// Adds a member at the end; its key must not be there yet.
    package mutating func append(_ key: String, _ value: JSONValue) {
        precondition(index(of: key) == nil, "a JSON object has a key only once")
        members.append((key, value))
    }

    private func index(of key: String) -> Int? {
        members.firstIndex { $0.key.hasSameBytes(as: key) }
    }
}

extension JSONObject: Equatable {
    /// Whether both have the same members in the same order.
    package static func == (one: JSONObject, other: JSONObject) -> Bool {
        one.members.elementsEqual(other.members) { $0.key.hasSameBytes(as: $1.key) && $0.value == $1.value }
    }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
    package init(dictionaryLiteral elements: (String, JSONValue)...) {
        self.init(elements)
    }
}
