import StudyModel
import Testing

@Suite struct JSONSerializationTests {
  private let value: JSONValue = [
    "name": "a\"b\\c\n\u{1}é", "empty": [:], "none": [], "list": [1, 2.0, nil, true],
    "nested": [["x": 1e-5], [0.1, -3]],
  ]

  @Test func compact() {
    #expect(
      value.serialized()
        == #"{"name":"a\"b\\c\n\u0001é","empty":{},"none":[],"list":[1,2.0,null,true],"nested":[{"x":1e-05},[0.1,-3]]}"#
    )
  }

  @Test func pretty() {
    #expect(
      value.serialized(pretty: true) == #"""
        {
          "name": "a\"b\\c\n\u0001é",
          "empty": {},
          "none": [],
          "list": [1, 2.0, null, true],
          "nested": [
            {
              "x": 1e-05
            },
            [0.1, -3]
          ]
        }
        """#)
  }

  @Test func sortedKeys() {
    #expect(
      (["b": 1, "a": ["d": 2, "c": 3]] as JSONValue).serialized(sortedKeys: true) == #"{"a":{"c":3,"d":2},"b":1}"#)
  }

  @Test func readsBackEqual() throws {
    #expect(try JSONValue(parsing: value.serialized()) == value)
    #expect(try JSONValue(parsing: value.serialized(pretty: true)) == value)
    var bits: UInt64 = 0x1234_5678_9abc_def1
    for _ in 0..<5000 {
      bits = bits &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let number = Double(bitPattern: bits)
      guard number.isFinite else { continue }
      #expect(try JSONValue(parsing: JSONValue.number(number).serialized()).double?.bitPattern == number.bitPattern)
    }
    for number in [0.0, -0.0, 1e16, 1e22, 123456789.125, .leastNonzeroMagnitude, .greatestFiniteMagnitude, .pi] {
      let back = try JSONValue(parsing: JSONValue.number(number).serialized())
      #expect(back == .number(number) && back.double?.sign == number.sign)
    }
  }

  @Test func finiteness() {
    #expect(value.isFinite)
    #expect(!([1, ["a": .number(.nan)]] as JSONValue).isFinite)
    #expect(!JSONValue.number(.infinity).isFinite)
  }

  @Test func canonicalValuesIgnoreSpelling() {
    #expect(
      (["b": 1.0, "a": [2.5, 3.0]] as JSONValue).canonical == (["a": [2.5, 3], "b": 1] as JSONValue).canonical)
    #expect(JSONValue.number(1).canonical != JSONValue.string("1").canonical)
  }
}
