extension JSONValue {
  /// Parses one JSON document (RFC 8259).
  ///
  /// Numbers without fraction and exponent that fit an `Int` become `.integer`, all others the nearest `.number`. A
  /// byte order mark at the start is skipped.
  ///
  /// - Throws: `JSONSyntaxError` also for a key that is given twice in one object, for a number beyond the range of
  ///   `Double`, for text that is not UTF-8, and for more than `maximumDepth` arrays and objects inside each other.
  package init(parsing bytes: some Sequence<UInt8>, maximumDepth: Int = 128) throws(JSONSyntaxError) {
    var parser = JSONParser(bytes: Array(bytes), maximumDepth: maximumDepth)
    self = try parser.document()
  }

  /// Parses one JSON document (RFC 8259).
  package init(parsing text: String, maximumDepth: Int = 128) throws(JSONSyntaxError) {
    try self.init(parsing: text.utf8, maximumDepth: maximumDepth)
  }
}
