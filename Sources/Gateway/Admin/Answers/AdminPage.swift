/// A part of a list: `{"data":[…],"has_more":…}`.
package struct AdminPage<Item: Codable & Sendable>: Codable, Sendable {
    package var data: [Item]
    /// Whether the list goes on after the last item.
    package var hasMore: Bool

    private enum CodingKeys: String, CodingKey {
        case data
        case hasMore = "has_more"
    }

    package init(data: [Item], hasMore: Bool) {
        self.data = data
        self.hasMore = hasMore
    }

    /// Makes a page of items that were asked for with one more than `limit`: that one only says that there are more.
    init(_ items: [Item], limit: Int) {
        self.init(data: Array(items.prefix(limit)), hasMore: items.count > limit)
    }
}

extension AdminPage: Equatable where Item: Equatable {}
