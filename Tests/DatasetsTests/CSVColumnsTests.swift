import Datasets
import Testing

@Suite struct CSVColumnsTests {
  let text = "b,\"a, b\",note\n1,2.5, x \n-3,4e1,\"say \"\"y\"\"\"\n"

  func table(_ text: String) throws(DatasetError) -> CSVColumns {
    try CSVColumns(bytes: Array(text.utf8), name: "t.csv")
  }

  @Test func columnsAreReadByName() throws {
    let table = try table(text)
    #expect(table.names == ["b", "a, b", "note"] && table.rows == 2)
    #expect(try table.numbers(["a, b", "b"]) == [[2.5, 40], [1, -3]])
    #expect(try table.numbers([]).isEmpty)
    #expect(try table.texts("note") == ["x", "say \"y\""] && table.texts("b") == ["1", "-3"])
  }

  @Test func whatIsInOtherColumnsDoesNotMatter() throws {
    let table = try table("x,y\n1,nan\n2,\n3,?\n")
    #expect(try table.numbers(["x"]) == [[1, 2, 3]])
    #expect(throws: DatasetError("missing value; fill the cell or remove the row", file: "t.csv", line: 3, column: "y"))
    {
      try self.table("x,y\n1,2\n2,\n").numbers(["y"])
    }
    #expect(throws: DatasetError("expected a number, found 'nan'", file: "t.csv", line: 2, column: "y")) {
      try table.numbers(["x", "y"])
    }
  }

  @Test(arguments: [
    ("", "empty"), ("x,y\n", "no data"), ("x,y\n1\n", "found 1"), ("x,y\n1,2,3\n", "found 3"),
    ("x,x\n1,2\n", "two columns"),
    ("x,y\n1,2\n\n3,4\n", "empty line"), ("x,y\n1,\"2\n", "never closed"),
  ])
  func faultyTablesAreRefused(text: String, expected: String) {
    let error = #expect(throws: DatasetError.self) { try table(text) }
    #expect(error?.description.contains(expected) == true, "\(String(describing: error))")
  }

  @Test func aMissingColumnIsNamedWithTheNearest() {
    let error = #expect(throws: DatasetError.self) { try table("height,age\n1,2\n").numbers(["hight"]) }
    #expect(error?.description.contains("did you mean 'height'") == true)
  }
}
