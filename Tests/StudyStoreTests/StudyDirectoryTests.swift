import Foundation
import StudyModel
import StudyStore
import Testing

@Suite struct StudyDirectoryTests {
  @Test func names() {
    let directory = StudyDirectory("studies/priors/")
    #expect(directory.path == "studies/priors")
    #expect(directory.log(of: RunID(trial: 7, index: 2)) == "studies/priors/logs/trial-0007-run-2.log")
    #expect(directory.log(of: RunID(trial: 12345, index: 0)) == "studies/priors/logs/trial-12345-run-0.log")
    #expect(directory.checkpoint("ab") == "studies/priors/checkpoints/ab.safetensors")
    #expect(directory.configuration == "studies/priors/sweep.json")
    #expect(StudyDirectory("/").path == "/")
  }

  @Test func foldersAreMadeAndMayExist() throws {
    let study = TemporaryStudy()
    let nested = StudyDirectory(study.directory.path + "/a/b")
    try nested.create()
    try nested.create()
    for folder in [nested.logs, nested.checkpoints, nested.exports] {
      #expect(FileManager.default.fileExists(atPath: folder))
    }
    #expect(!nested.holdsStudy)
  }

  @Test func aFileInTheWayIsNamed() throws {
    let study = TemporaryStudy()
    try study.directory.create()
    let path = study.directory.path + "/file"
    #expect(FileManager.default.createFile(atPath: path, contents: Data()))
    #expect(error { try StudyDirectory(path).create() }?.place == path)
    #expect(error { try StudyDirectory(path + "/below").create() } != nil)
  }

  @Test func theConfigurationIsReplacedWhole() throws {
    let study = TemporaryStudy()
    try study.directory.create()
    #expect(kind { _ = try study.directory.readConfiguration() } == .missing)
    for text in ["{\"a\": 1}", "{}", "{\"ü\": \"\(String(repeating: "x", count: 100_000))\"}"] {
      try study.directory.writeConfiguration(text)
      #expect(try study.directory.readConfiguration() == text)
    }
    let names = try FileManager.default.contentsOfDirectory(atPath: study.directory.path)
    #expect(names.sorted() == ["checkpoints", "exports", "logs", "sweep.json"])
    try Data([0xFF, 0xFE]).write(to: URL(fileURLWithPath: study.directory.configuration))
    #expect(kind { _ = try study.directory.readConfiguration() } == .corrupt)
  }
}
