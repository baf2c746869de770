/// What is wrong with a data file, or with what was asked of it, and where.
public struct DatasetError: Error, Sendable, Equatable {
  /// The file, as it was named.
  public var file: String?
  /// Line of a text file, from 1.
  public var line: Int?
  /// Name of the column.
  public var column: String?
  /// What was expected, what was found, and what to do about it.
  public var message: String

  public init(_ message: String, file: String? = nil, line: Int? = nil, column: String? = nil) {
    self.message = message
    self.file = file
    self.line = line
    self.column = column
  }
}

extension DatasetError: CustomStringConvertible {
  public var description: String {
    var place = file ?? ""
    if let line { place += place.isEmpty ? "line \(line)" : ":\(line)" }
    if let column { place += (place.isEmpty ? "" : ", ") + "column '\(column)'" }
    return place.isEmpty ? message : "\(place): \(message)"
  }
}
