/// Guesses what a misspelt word was meant to be.
package enum Spelling {
  /// The known word that is nearest to `word`, if one is near: the same but for capitals, "_", "-" and ".", or at most
  /// one edit in three letters away.
  static func nearest(to word: String, in known: [String]) -> String? {
    let folded = fold(word)
    let scored = known.map { (word: $0, distance: distance(folded, fold($0))) }
    guard let best = scored.min(by: { $0.distance < $1.distance }) else { return nil }
    return best.distance <= max(1, min(folded.count, best.word.count) / 3) ? best.word : nil
  }

  /// `; did you mean "x"?`, or nothing.
  package static func hint(for word: String, in known: [String]) -> String {
    nearest(to: word, in: known).map { "; did you mean \"\($0)\"?" } ?? ""
  }

  /// "a", "b" or "c".
  static func list(_ words: [String], _ conjunction: String = "or") -> String {
    let quoted = words.map { "\"\($0)\"" }
    guard quoted.count > 1 else { return quoted.first ?? "nothing" }
    return quoted.dropLast().joined(separator: ", ") + " \(conjunction) " + quoted.last!
  }

  static func fold(_ word: String) -> [UInt8] {
    word.lowercased().utf8.filter { $0 != UInt8(ascii: "_") && $0 != UInt8(ascii: "-") && $0 != UInt8(ascii: ".") }
  }

  /// Insertions, deletions, substitutions and swaps of neighbours that lead from one word to the other (optimal string
  /// alignment).
  static func distance(_ a: [UInt8], _ b: [UInt8]) -> Int {
    var beforePrevious: [Int] = []
    var previous = Array(0...b.count)
    for i in a.indices {
      var row = [i + 1]
      for j in b.indices {
        var best = min(previous[j + 1] + 1, row[j] + 1, previous[j] + (a[i] == b[j] ? 0 : 1))
        if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { best = min(best, beforePrevious[j - 1] + 1) }
        row.append(best)
      }
      beforePrevious = previous
      previous = row
    }
    return previous[b.count]
  }
}
