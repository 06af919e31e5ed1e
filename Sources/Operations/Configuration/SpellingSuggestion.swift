/// Finds the word that somebody probably meant.
enum SpellingSuggestion {
    /// The candidate with the fewest single-letter changes, if these are at most a third of the word's letters.
    static func closest(to word: String, in candidates: some Sequence<String>) -> String? {
        let best =
            candidates
            .map { (candidate: $0, distance: self.distance(Array(word.utf8), Array($0.utf8))) }
            .min { ($0.distance, $0.candidate) < ($1.distance, $1.candidate) }
        guard let best, best.distance <= max(1, word.utf8.count / 3) else { return nil }
        return best.candidate
    }

    /// Levenshtein's distance: insertions, deletions and replacements.
    private static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
        var previous = Array(0...right.count)
        for (row, leftByte) in left.enumerated() {
            var current = [row + 1]
            for (column, rightByte) in right.enumerated() {
                let replacement = previous[column] + (leftByte == rightByte ? 0 : 1)
                current.append(min(replacement, previous[column + 1] + 1, current[column] + 1))
            }
            previous = current
        }
        return previous[right.count]
    }
}
