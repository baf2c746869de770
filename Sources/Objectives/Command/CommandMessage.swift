import StudyModel

/// A line that a program wrote to its standard output.
enum CommandMessage: Equatable {
  /// {"report": {"step": 3, "loss": 0.5}}
  case report(step: Int?, metrics: [String: Double], notFinite: [String])
  /// {"log": "text"}, and a level if the program gives one.
  case log(LogLevel, String)
  /// {"result": {"loss": 0.5}}
  case result(JSONObject)
  /// {"error": "text"}
  case failure(String)
  /// Anything else: people print.
  case text(String)

  init(_ line: [UInt8]) {
    let text = String(decoding: line, as: UTF8.self)
    guard line.first(where: { $0 != 0x20 && $0 != 0x09 }) == UInt8(ascii: "{") else {
      self = .text(text)
      return
    }
    let object: JSONObject
    do throws(JSONSyntaxError) {
      object = try JSONValue(parsing: Self.quotingNonFinite(line)).object ?? JSONObject()
    } catch {
      // A program that means to give its result waits for the next run now: to take it for text would be to hang.
      let isResult = text.drop { $0 == "{" || $0.isWhitespace }.hasPrefix("\"result\"")
      self =
        isResult ? .failure("the result is not JSON: \(error.message) (\(LogLimiter.cut(text, to: 200)))") : .text(text)
      return
    }
    if let result = object["result"] {
      self =
        result.object.map { .result($0) }
        ?? .failure("expected {\"result\": {\"name\": number}}, found \(LogLimiter.cut(text, to: 200))")
    } else if let error = object["error"] {
      self = .failure(error.string ?? error.serialized())
    } else if let report = object["report"]?.object {
      var metrics: [String: Double] = [:]
      var notFinite: [String] = []
      for member in report.members where member.key != "step" {
        if let number = member.value.double { metrics[member.key] = number } else { notFinite.append(member.key) }
      }
      self = .report(step: report["step"]?.int, metrics: metrics, notFinite: notFinite)
    } else if let log = object["log"] {
      self = .log(object["level"]?.string.flatMap(LogLevel.init) ?? .info, log.string ?? log.serialized())
    } else {
      self = .text(text)
    }
  }

  /// Python's json, among others, writes NaN, Infinity and -Infinity, which are not JSON. They become strings, so that
  /// the line can be read and the fault be named.
  static func quotingNonFinite(_ line: [UInt8]) -> [UInt8] {
    guard line.contains(UInt8(ascii: "N")) || line.contains(UInt8(ascii: "I")) else { return line }
    let words = ["-Infinity", "Infinity", "NaN"].map { Array($0.utf8) }
    var result: [UInt8] = []
    var isInString = false
    var index = 0
    while index < line.count {
      let byte = line[index]
      if isInString, byte == UInt8(ascii: "\\"), index + 1 < line.count {
        result += line[index...(index + 1)]
        index += 2
        continue
      }
      if byte == UInt8(ascii: "\"") { isInString.toggle() }
      if !isInString, let word = words.first(where: { line[index...].starts(with: $0) }) {
        result += [UInt8(ascii: "\"")] + word + [UInt8(ascii: "\"")]
        index += word.count
        continue
      }
      result.append(byte)
      index += 1
    }
    return result
  }

  /// The metrics of a result.
  ///
  /// - Throws: `ObjectiveError` when the metric that the sweep is about is missing, or when any metric is no finite
  ///   number.
  static func metrics(_ result: JSONObject, wanted: String) throws(ObjectiveError) -> [String: Double] {
    var metrics: [String: Double] = [:]
    for member in result.members {
      switch member.value {
      case .string(let word) where ["NaN", "Infinity", "-Infinity"].contains(word):
        throw ObjectiveError("metric '\(member.key)' is \(word)")
      default:
        guard let number = member.value.double else {
          let found = LogLimiter.cut(member.value.serialized(), to: 100)
          throw ObjectiveError("metric '\(member.key)' is \(found); expected a number")
        }
        metrics[member.key] = number
      }
    }
    guard metrics[wanted] != nil else {
      let names = result.keys.isEmpty ? "it is empty" : "it has \(result.keys.joined(separator: ", "))"
      throw ObjectiveError("the result has no metric '\(wanted)', which the sweep is about; \(names)")
    }
    return metrics
  }
}
