import Foundation

/// The top of the package.
let packageRoot = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
  .deletingLastPathComponent()

let configsFolder = packageRoot.appending(path: "configs")
let inputsFolder = packageRoot.appending(path: "Tests/StudyModelTests/Inputs")

/// The files of a folder with an extension, by name.
func files(in folder: URL, extension suffix: String) -> [String] {
  let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
  return names.filter { $0.hasSuffix("." + suffix) }.sorted()
}

/// The recorded text of a file. With RECORD_SNAPSHOTS=1 in the environment the file is written anew; a file that is
/// missing is recorded too, and the text returned differs, so that the test fails once.
func recorded(_ file: URL, actual: String) throws -> String {
  let isRecording = ProcessInfo.processInfo.environment["RECORD_SNAPSHOTS"] == "1"
  let exists = FileManager.default.fileExists(atPath: file.path)
  if isRecording || !exists { try Data(actual.utf8).write(to: file) }
  return exists || isRecording ? try String(contentsOf: file, encoding: .utf8) : "nothing was recorded before"
}
