/// "did you mean": the name nearest to one that does not exist.
enum Suggestion {
  /// The candidate with the smallest edit distance, case aside, if it is near enough to be a misspelling.
  static func nearest(to name: String, among candidates: [String]) -> String? {
    let wanted = Array(name.lowercased())
    let nearest = candidates.map { ($0, distance(wanted, Array($0.lowercased()))) }.min { $0.1 < $1.1 }
    guard let (candidate, distance) = nearest, distance <= max(1, (wanted.count + 1) / 3) else { return nil }
    return candidate
  }

  /// Levenshtein's edit distance.
  private static func distance(_ a: [Character], _ b: [Character]) -> Int {
    var row = Array(0...b.count)
    for (i, x) in a.enumerated() {
      var diagonal = row[0]
      row[0] = i + 1
      for (j, y) in b.enumerated() {
        let substitution = diagonal + (x == y ? 0 : 1)
        diagonal = row[j + 1]
        row[j + 1] = min(substitution, row[j] + 1, diagonal + 1)
      }
    }
    return row[b.count]
  }
}
