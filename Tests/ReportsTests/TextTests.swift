import Reports
import StudyModel
import Testing

@Suite struct DisplayWidthTests {
  @Test(arguments: [
    ("", 0), ("abc", 3), ("± é", 3), ("e\u{301}", 1), ("変分", 4), ("🚀", 2), ("❤️", 2), ("█░…", 3), ("ｱ", 1), ("Ａ", 2),
    ("a\u{200B}b", 2), ("🇩🇪", 2), ("👩‍🔬", 2),
  ])
  func columns(text: String, width: Int) {
    #expect(displayWidth(of: text) == width)
  }

  @Test func truncationNeverExceedsTheWidth() {
    for text in ["", "abcdef", "変分ベイズ", "a変b分c", "🚀🚀"] {
      for width in 0...12 {
        let cut = truncated(text, to: width)
        #expect(displayWidth(of: cut) <= width)
        #expect((cut == text) == (displayWidth(of: text) <= width))
      }
    }
    #expect(truncated("abcdef", to: 4) == "abc…")
    #expect(truncated("変分ベイズ", to: 4) == "変…")
  }

  @Test func nothingCanMoveTheCursor() {
    #expect(printable("a\u{1B}[2Jb") == "a\u{FFFD}[2Jb")
    #expect(printable("one\ntwo\tthree\r\n") == "one two three ")
    #expect(printable("\u{202E}abc") == "abc")
    #expect(printable("é ± 変") == "é ± 変")
  }
}

@Suite struct NumberTextTests {
  @Test(arguments: [
    (0.0, "0"), (1200, "1200"), (0.04213, "0.04213"), (0.042136, "0.04214"), (3.5e-7, "3.5e-7"), (1.5e12, "1.5e12"),
    (-0.1, "-0.1"), (1e9, "1e9"), (.nan, "nan"), (.infinity, "inf"), (-.infinity, "-inf"), (1.0 / 3, "0.3333"),
  ])
  func fourDigits(value: Double, expected: String) {
    #expect(text(of: value) == expected)
  }

  @Test(arguments: [
    (-81.2345, 0.4123, "-81.23 ± 0.41"), (1234.5678, 12.3, "1235 ± 12"), (1234.5678, 123.0, "1235 ± 123"),
    (0.123456, 0.00123, "0.1235 ± 0.0012"), (2.0, 0.0996, "2.00 ± 0.10"), (1.5, 0, "1.5000 ± 0.0000"),
    (1e-9, 2e-10, "1e-9 ± 2e-10"), (.nan, 0.1, "nan ± 0.1"),
  ])
  func meanAndStandardError(mean: Double, error: Double, expected: String) {
    let value = Aggregate(mean: mean, standardDeviation: error * 2, count: 4)
    #expect(text(of: value) == expected)
  }

  @Test func withoutStandardError() {
    #expect(text(of: Aggregate(mean: -81.23456, standardDeviation: nil, count: 1)) == "-81.235")
  }

  /// What is read beside each other has the same number of decimals.
  @Test func commonDecimals() {
    let values = [(10.0, 0.012), (9.5, 0.3)].map { Aggregate(mean: $0.0, standardDeviation: $0.1, count: 1) }
    let format = MeasureFormat(for: values)
    #expect(values.map(format.text(of:)) == ["10.000 ± 0.012", "9.500 ± 0.300"])
  }

  @Test(arguments: [
    (0.0, "0:00"), (35.4, "0:35"), (725, "12:05"), (3723, "1:02:03"), (183845, "2 d 3:04:05"), (.infinity, "?"),
    (-1, "?"),
  ])
  func durations(seconds: Double, expected: String) {
    #expect(durationText(seconds: seconds) == expected)
  }

  @Test func jsonValues() {
    #expect(text(of: JSONValue.array([50, 0.25, "a"])) == "[50, 0.25, a]")
    #expect(text(of: JSONValue.object(["a": true, "b": nil])) == "{a: true, b: null}")
  }
}

@Suite struct ParameterNameTests {
  private func short(_ names: String...) -> [String] {
    let names = ParameterNames(SearchSpace(names.map { Dimension($0, .float(0...1, log: false, steps: nil)) }))
    return names.names.map(names.short)
  }

  @Test func theShortestEndThatIsUnique() {
    #expect(short("inference.prior.scale", "training.learningRate") == ["scale", "learningRate"])
    #expect(short("inference.prior.scale", "model.likelihood.scale") == ["prior.scale", "likelihood.scale"])
    #expect(short("scale", "prior.scale") == ["scale", "prior.scale"])
    #expect(short("x", "y") == ["x", "y"])
  }
}
