import Datasets
import Foundation
import Testing

@Suite struct CSVReaderTests {
  private func read(
    _ text: String, target: String = "y", task: LearningTask = .regression, limit: Int? = nil
  ) throws -> Dataset {
    try CSVReader(target: target, task: task, limit: limit).read(bytes: Array(text.utf8), name: "data.csv")
  }

  private func message(_ text: String, target: String = "y", task: LearningTask = .regression) -> String {
    do {
      _ = try read(text, target: target, task: task)
      return "no error"
    } catch {
      return "\(error)"
    }
  }

  private func rows(_ dataset: Dataset) -> [[Double]] {
    (0..<dataset.rows).map { row in (0..<dataset.inputs.columns).map { dataset.inputs[row, $0] } }
  }

  @Test func numbersAndTarget() throws {
    let data = try read("a,y,b\n1,10,-2.5\n+.5, 20 ,3e2\n7.,30,1E-3\n")
    #expect(rows(data) == [[1, -2.5], [0.5, 300], [7, 0.001]])
    #expect(data.target == .values([10, 20, 30]))
    #expect(data.inputNames == ["a", "b"])
    #expect(data.targetName == "y")
  }

  @Test(arguments: [
    "a,y\r\n1,2\r\n3,4\r\n", "a,y\n1,2\n3,4", "\u{FEFF}a,y\n1,2\n3,4\n\n\n", "a,y\r1,2\r3,4\r",
    " \"a\" , \"y\"\n\"1\", \"2\"\n 3\t,4 \n",
  ]) func formsOfTheSameData(_ text: String) throws {
    let data = try read(text)
    #expect(rows(data) == [[1], [3]])
    #expect(data.target == .values([2, 4]))
    #expect(data.inputNames == ["a"])
  }

  @Test func categoriesAreOneHotInOrderOfTheirNames() throws {
    let data = try read("colour,y,size\nred,1,2\n\"light, blue\",2,3\n\"said \"\"hi\"\"\",3,4\nred,4,5\n")
    #expect(data.inputNames == ["colour=light, blue", "colour=red", "colour=said \"hi\"", "size"])
    #expect(rows(data) == [[0, 1, 0, 2], [1, 0, 0, 3], [0, 0, 1, 4], [0, 1, 0, 5]])
  }

  @Test func categoriesKeepTheTextOfNumbers() throws {
    let data = try read("code,y\n01,1\n1,2\nA,3\nB,4\nC,5\n")
    #expect(data.inputNames == ["code=01", "code=1", "code=A", "code=B", "code=C"])
  }

  /// However many cells are missing: they are no categories of a column that has numbers.
  @Test(arguments: ["?", "NA", "n/a", "null", "None", "-"]) func missingValues(_ marker: String) {
    #expect(
      message("a,y\n\(marker),1\n2,2\n\(marker),3\n")
        == "data.csv:2, column 'a': missing value: '\(marker)' in a column of numbers; fill the cell or remove the row")
    #expect(message("a,y\n1,1\n2,\(marker)\n", task: .classification).contains("column 'y': missing value"))
    #expect(message("a,y\n1,1\n2,\(marker)\n").contains("column 'y': missing value"))
  }

  @Test func aMarkerMayBeACategory() throws {
    #expect(try read("a,y\n?,1\nb,2\n-,3\n").inputNames == ["a=-", "a=?", "a=b"])
    #expect(try read("a,y\n?,1\nb,2\n1,3\n").inputNames == ["a=1", "a=?", "a=b"])
    #expect(try read("a,y\n?,1\n?,2\n").inputNames == ["a=?"])
  }

  @Test func lineBreaksWithinQuotes() throws {
    let data = try read("city,y\n\"two\nlines\",1\nplain,2\n")
    #expect(data.inputNames == ["city=plain", "city=two\nlines"])
    #expect(message("city,y\n\"two\nlines\",1\nplain,x\n").contains("data.csv:4, column 'y'"))
  }

  @Test func classes() throws {
    #expect(
      try read("a,y\n1,dog\n2,cat\n3,dog\n", task: .classification).target
        == .classes([1, 0, 1], names: ["cat", "dog"]))
    #expect(
      try read("a,y\n1,10\n2,9\n3,10\n", task: .classification).target == .classes([1, 0, 1], names: ["9", "10"]))
    #expect(
      try read("a,y\n1,1\n2,2\n3,x\n", task: .classification).target
        == .classes([0, 1, 2], names: ["1", "2", "x"]))
    #expect(message("a,y\n1,0.5\n2,1\n", task: .classification).contains("expected classes as whole numbers"))
  }

  @Test func limitReadsNoFurther() throws {
    #expect(try read("a,y\n1,2\n3,4\n5\n", limit: 2).rows == 2)
  }

  @Test(arguments: [
    ("", "data.csv: the file is empty; expected a header and rows"),
    ("\n\n", "data.csv: the file is empty; expected a header and rows"),
    ("a,y\n", "data.csv: holds a header and no data"),
    ("a,y\n1,2\n1\n", "data.csv:3: expected 2 fields as in the header, found 1"),
    ("a,y\n1,2\n1,2,3\n", "data.csv:3: expected 2 fields as in the header, found 3"),
    ("a,b,y\n1,\n", "data.csv:2: expected 3 fields as in the header, found 2"),
    ("a,a,y\n1,2,3\n", "data.csv:1: two columns are named 'a'; every column needs its own name"),
    ("a,,y\n1,2,3\n", "data.csv:1: column 2 has no name in the header"),
    ("a,y\n1,2\n,4\n", "data.csv:3, column 'a': missing value; fill the cell or remove the row"),
    ("a,y\n1,2\n3,\n", "data.csv:3, column 'y': missing value; fill the cell or remove the row"),
    (
      "a,y\n1,2\nnan,4\n",
      "data.csv:3, column 'a': missing value: 'nan' is not a finite number; fill the cell or remove the row"
    ),
    (
      "a,y\n1,-Infinity\n",
      "data.csv:2, column 'y': missing value: '-Infinity' is not a finite number; fill the cell or remove the row"
    ),
    (
      "a,y\n1e999,1\n",
      "data.csv:2, column 'a': missing value: '1e999' is not a finite number; fill the cell or remove the row"
    ),
    (
      "a,y\n1,2\n3,4\n5O,6\n",
      "data.csv:4, column 'a': expected a number, found '5O'; 2 of 3 cells of this column are numbers; "
        + "correct the cell or remove the row"
    ),
    (
      "a,y\n1,2\n3,x\n",
      "data.csv:3, column 'y': expected a number, found 'x'; the target of a regression is numeric; "
        + "for classes use a categorical likelihood"
    ),
    ("a,y\n1,\"2\n3,4\n", "data.csv:2: a quote (\") is opened here and never closed"),
    (
      "a,y\n\"1\"2,3\n",
      "data.csv:2: text follows a closing quote; a quote within quotes is written twice (\"\")"
    ),
    ("a,y\n1,2\n\n3,4\n", "data.csv:3: an empty line in the middle of the data; remove it"),
    ("a;y\n1;2\n", "data.csv:1: the fields are separated by ';'; expected commas"),
    ("y\n1\n", "data.csv: holds the target 'y' and no input column"),
  ]) func errors(_ text: String, _ expected: String) {
    #expect(message(text) == expected)
  }

  @Test func missingTarget() {
    #expect(
      message("alpha,price\n1,2\n", target: "pirce")
        == "data.csv: there is no target column 'pirce'; did you mean 'price'? the columns are alpha, price")
    #expect(
      message("alpha,price\n1,2\n", target: "qqq")
        == "data.csv: there is no target column 'qqq'; the columns are alpha, price")
  }

  @Test func notUTF8() {
    func description(_ bytes: [UInt8]) -> String {
      do {
        return "\(try CSVReader(target: "y", task: .regression).read(bytes: bytes, name: "d").rows) rows"
      } catch { return "\(error)" }
    }
    #expect(
      description(Array("a,y\n".utf8) + [0xE9, 0x2C, 0x31]) == "d:2: the text is not UTF-8; save the file as UTF-8")
    #expect(description([0xFF, 0xFE, 0x61, 0x00, 0x2C, 0x00]) == "d:1: the file is UTF-16; save it as UTF-8")
  }

  @Test func tooManyCategories() {
    let rows = (0..<1500).map { "name\($0),\($0)" }.joined(separator: "\n")
    #expect(message("id,y\n" + rows).contains("column 'id': 1500 different texts in 1500 rows are too many"))
  }

  @Test func missingFileAndFolder() throws {
    let folder = try TemporaryFolder()
    let reader = CSVReader(target: "y", task: .regression)
    #expect { try reader.read(folder.url.path + "/none.csv") } throws: { "\($0)".contains("No such file or directory") }
    #expect { try reader.read(folder.url.path) } throws: { "\($0)".contains("is a folder, not a file") }
  }

  /// Every way of writing a Double reads back as that Double: shortest, with many digits, with an exponent.
  @Test func numbersAreCorrectlyRounded() throws {
    var generator = MersenneTwister(seed: 7)
    var values: [Double] = [0, 1, 0.1, 1e22, 1e23]
    values += [.leastNonzeroMagnitude, .greatestFiniteMagnitude, .leastNormalMagnitude, 9_007_199_254_740_994]
    for _ in 0..<2000 {
      let bits = UInt64(generator.next()) << 32 | UInt64(generator.next())
      let value = Double(bitPattern: bits)
      if value.isFinite { values.append(value) }
      values.append(Double(Int32(bitPattern: generator.next())) / 1000)
    }
    let shortest = try read("a,y\n" + values.map { "\($0),1" }.joined(separator: "\n"))
    let long = try read("a,y\n" + values.map { "\(String(format: "%.20e", $0)),1" }.joined(separator: "\n"))
    for (row, value) in values.enumerated() {
      #expect(shortest.inputs[row, 0] == value)
      #expect(long.inputs[row, 0] == value)
    }
  }

  @Test(.enabled(if: dataDirectory != nil, "needs HPSEARCH_DATA"))
  func uciFiles() throws {
    let root = try #require(dataDirectory)
    for (name, target, rows, columns) in [
      ("boston", "MEDV", 506, 13), ("concrete", "strength", 1030, 8), ("energy", "heating_load", 768, 8),
      ("power", "PE", 9568, 4), ("wine", "quality", 1599, 11), ("yacht", "residuary_resistance", 308, 6),
    ] {
      let data = try CSVReader(target: target, task: .regression).read("\(root)/uci/\(name)/data.csv")
      #expect(data.rows == rows)
      #expect(data.inputs.columns == columns)
    }
    let wine = try CSVReader(target: "quality", task: .classification).read("\(root)/uci/wine/data.csv")
    guard case .classes(_, let names) = wine.target else { return #expect(Bool(false), "not classes") }
    #expect(names == ["3", "4", "5", "6", "7", "8"])
  }
}
