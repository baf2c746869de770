import Reports
import SearchStrategies
import StudyModel

/// What `replay` found.
struct ReplayReport {
  let study: String
  let strategy: String
  private var decisions = 0
  private var same = 0
  private var different: [JSONValue] = []
  private var notRecomputed: [JSONValue] = []

  init(study: String, strategy: String) {
    self.study = study
    self.strategy = strategy
  }

  var differs: Bool { !different.isEmpty }

  mutating func add(_ finding: DecisionReplay.Finding) {
    decisions += 1
    let stored = finding.stored
    switch finding.outcome {
    case .same: same += 1
    case .differs(let suggestion):
      different.append([
        "trial": .integer(stored.number), "stored": Self.json(stored.point, stored.note),
        "recomputed": suggestion.map { Self.json($0.point, $0.note) } ?? .null,
      ])
    case .notRecomputed(let reason):
      notRecomputed.append(["trial": .integer(stored.number), "reason": .string(reason)])
    }
  }

  private static func json(_ point: Point, _ note: JSONValue?) -> JSONValue {
    ["parameters": .object(point.values), "note": note ?? .null]
  }

  /// `60 decisions, 58 the same, 1 different, 1 not recomputed`
  var summary: String {
    var parts = [decisions == 1 ? "1 decision" : "\(decisions) decisions", "\(same) the same"]
    if !different.isEmpty { parts.append("\(different.count) different") }
    if !notRecomputed.isEmpty { parts.append("\(notRecomputed.count) not recomputed") }
    return parts.joined(separator: ", ")
  }

  /// `{"study", "strategy", "decisions", "same", "different": [...], "not_recomputed": [...]}`
  var json: JSONValue {
    [
      "study": .string(study), "strategy": .string(strategy), "decisions": .integer(decisions), "same": .integer(same),
      "different": .array(different), "not_recomputed": .array(notRecomputed),
    ]
  }
}

extension ReplayReport {
  /// What there is to say of one decision: nothing when it came out the same.
  static func text(_ finding: DecisionReplay.Finding, style: Style) -> String {
    let stored = finding.stored
    let title = style.bold("trial \(stored.number)")
    switch finding.outcome {
    case .same: return ""
    case .notRecomputed(let reason): return "\(title) was not recomputed: \(printable(reason))\n"
    case .differs(nil): return "\(title) differs: the space is exhausted\n  stored      \(text(stored.point))\n"
    case .differs(let suggestion?):
      var lines = ["\(title) differs"]
      if suggestion.point == stored.point {
        lines.append("  point       \(text(stored.point))")
      } else {
        lines += ["  stored      \(text(stored.point))", "  recomputed  \(text(suggestion.point))"]
      }
      if suggestion.note != stored.note {
        lines += ["  its note    \(text(stored.note))", "  recomputed  \(text(suggestion.note))"]
      }
      return lines.joined(separator: "\n") + "\n"
    }
  }

  /// `x 0.25, kind "laplace"`: every digit, since a difference may be in the last one.
  private static func text(_ point: Point) -> String {
    point.values.members.map { "\(printable($0.key)) \(printable($0.value.serialized()))" }.joined(separator: ", ")
  }

  private static func text(_ note: JSONValue?) -> String { note.map { printable($0.serialized()) } ?? "none" }
}
