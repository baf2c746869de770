import Foundation
import StudyModel
import Testing

/// Each file of Inputs has one fault, named by the file; beside it stands the text that the user gets.
@Suite struct InvalidInputTests {
  @Test(arguments: files(in: inputsFolder, extension: "json")) func message(_ name: String) throws {
    let bytes = try Data(contentsOf: inputsFolder.appending(path: name))
    let error = #expect(throws: ConfigurationError.self) {
      try SweepConfiguration(parsing: bytes, fileName: "sweep.json", defaultName: "sweep")
    }
    let text = "\(try #require(error))\n"
    let file = inputsFolder.appending(path: name.replacing(".json", with: ".txt"))
    #expect(try text == recorded(file, actual: text))
  }

  @Test func thereAreInputs() {
    #expect(files(in: inputsFolder, extension: "json").count > 70)
  }

  @Test func nameOfTheFileWillNotDo() throws {
    let text = #"{"data": {"builtin": "noisy-sine"}, "strategy": {"trials": 1}}"#
    let error = #expect(throws: ConfigurationError.self) {
      try SweepConfiguration(parsing: text, fileName: "my sweep.json", defaultName: "my sweep")
    }
    #expect(error?.issues.count == 1)
    #expect(error?.description.contains("add \"name\": \"my-study\"") == true)
  }
}
