import StudyModel
import Testing

@Suite struct JSONParsingTests {
  static let documents: [(String, JSONValue)] = [
    ("null", .null), (" true ", true), ("false", false), ("0", 0), ("-0", 0), ("-12", -12),
    ("9223372036854775807", .integer(.max)), ("-9223372036854775808", .integer(.min)),
    ("9223372036854775808", .number(9_223_372_036_854_775_808)), ("1.0", 1.0), ("-2.5e-3", -0.0025), ("1e3", 1000.0),
    ("1E+2", 100.0), ("123456789012345678901234567890", 123456789012345678901234567890.0),
    ("5e-324", .number(.leastNonzeroMagnitude)),
    ("1.7976931348623157e308", .number(.greatestFiniteMagnitude)), ("1e-999", 0.0), ("0.1", 0.1),
    ("0.30000000000000004", 0.30000000000000004), ("9007199254740993.0", 9007199254740992.0), ("1e23", 1e23),
    ("\"\"", ""), (#""a\"\\\/\b\f\n\r\t""#, "a\"\\/\u{8}\u{c}\n\r\t"), (#""\u00e9\u20AC\ud83d\ude00""#, "é€😀"),
    (#""é😀""#, "é😀"), (#""\u0000""#, "\0"), ("[]", .array([])), ("[1 , [2],\n{}]", [1, [2], .object([:])]),
    (#"{"b":1,"a":{"c":null}}"#, ["b": 1, "a": ["c": nil]]), ("\u{FEFF}1", 1),
  ]

  @Test(arguments: documents) func values(_ document: (text: String, value: JSONValue)) throws {
    #expect(try JSONValue(parsing: document.text) == document.value)
  }

  @Test func minusZeroKeepsItsSign() throws {
    #expect(try JSONValue(parsing: "-0.0").double?.sign == .minus)
  }

  static let faults: [(String, Int, Int, String)] = [
    ("", 1, 1, "empty document"), ("\n\n  ", 3, 3, "empty document"), ("1 2", 1, 3, "end of the document"),
    ("[1,\n 2,\n]", 3, 1, "remove the comma"), ("{\"a\":1,}", 1, 8, "remove the comma"), ("{\"a\" 1}", 1, 6, "\":\""),
    ("{a:1}", 1, 2, "double quotes"), ("{'a':1}", 1, 2, "double quotes"), ("[1 2]", 1, 4, "\",\" or \"]\""),
    ("{\"a\":1 \"b\":2}", 1, 8, "is a comma missing"), ("[1", 1, 3, "the end of the document"),
    ("tru", 1, 1, "expected true"),
    ("truth", 1, 1, "expected true"), ("True", 1, 1, "small letters"), ("NaN", 1, 1, "finite"),
    ("-Infinity", 1, 2, "digit"),
    ("01", 1, 1, "zero"), ("-01", 1, 1, "zero"), ("1.", 1, 3, "decimal point"), (".5", 1, 1, "starts with a digit"),
    ("+1", 1, 1, "starts with a digit"), ("1e", 1, 3, "exponent"), ("1e999", 1, 1, "range of a double"),
    ("-1e99999999999999999999", 1, 1, "range of a double"), ("\"abc", 1, 1, "no end"), ("\"a\nb\"", 1, 3, "\\n"),
    ("\"\\x\"", 1, 2, "escape"), ("\"\\u12g4\"", 1, 2, "hexadecimal"), ("\"\\ud800\"", 1, 2, "low surrogate"),
    ("\"\\ud800\\u0041\"", 1, 2, "low surrogate"), ("\"\\udc00\"", 1, 2, "high surrogate"),
    ("\"\\u", 1, 2, "hexadecimal"),
    ("\"\\", 1, 2, "escape"), ("{\"a\":1,\n\"a\":2}", 2, 1, "twice"), ("/* */ 1", 1, 1, "comments"),
    ("\u{0}", 1, 1, "0x00"),
  ]

  @Test(arguments: faults) func errors(_ fault: (text: String, line: Int, column: Int, part: String)) {
    let error = #expect(throws: JSONSyntaxError.self) { try JSONValue(parsing: fault.text) }
    #expect(error?.line == fault.line && error?.column == fault.column, "\(error.map(\.description) ?? "")")
    #expect(error?.message.contains(fault.part) == true, "\(error.map(\.description) ?? "")")
  }

  @Test(arguments: [
    [0x22, 0xFF, 0x22], [0x22, 0xC0, 0x80, 0x22], [0x22, 0xED, 0xA0, 0x80, 0x22], [0x22, 0x5C, 0x6E, 0xE2, 0x22],
  ])
  func invalidUTF8(_ bytes: [UInt8]) {
    #expect(throws: JSONSyntaxError.self) { try JSONValue(parsing: bytes) }
  }

  @Test func depthIsLimited() throws {
    func nested(_ depth: Int) -> String { String(repeating: "[", count: depth) + String(repeating: "]", count: depth) }
    _ = try JSONValue(parsing: nested(128))
    #expect(throws: JSONSyntaxError.self) { try JSONValue(parsing: nested(129)) }
    #expect(throws: JSONSyntaxError.self) { try JSONValue(parsing: String(repeating: "[", count: 1_000_000)) }
    #expect(throws: JSONSyntaxError.self) { try JSONValue(parsing: nested(3), maximumDepth: 2) }
  }

  @Test func duplicatesAreFoundAmongManyKeys() throws {
    let keys = (0..<40).map { "\"k\($0)\":\($0)" }
    #expect(try JSONValue(parsing: "{\(keys.joined(separator: ","))}").object?.keys == (0..<40).map { "k\($0)" })
    for twice in [0, 6, 7, 8, 39] {
      let text = "{" + (keys + ["\"k\(twice)\":0"]).joined(separator: ",") + "}"
      #expect(throws: JSONSyntaxError.self) { try JSONValue(parsing: text) }
    }
  }

  /// Whatever the bytes, the parser returns or throws.
  @Test func damagedDocumentsNeverTrap() throws {
    let text = Array(#"{"a":[1,-2.5e3,"x\u00e9\ud83d\ude00\n",true,null],"b":{"c":false}}"#.utf8)
    var state: UInt64 = 1
    func next() -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return state >> 33
    }
    var parsed = 0
    for _ in 0..<20_000 {
      var bytes = text
      for _ in 0...(next() % 3) { bytes[Int(next() % UInt64(bytes.count))] = UInt8(truncatingIfNeeded: next()) }
      if next() % 4 == 0 { bytes.removeLast(Int(next() % UInt64(bytes.count))) }
      if let value = try? JSONValue(parsing: bytes) {
        parsed += 1
        #expect(try JSONValue(parsing: value.serialized()) == value)
      }
    }
    #expect(parsed > 100)
  }
}
