import Foundation
import Testing

/// Compares a text with the file Snapshots/<name> beside the tests. `RECORD_SNAPSHOTS=1` rewrites the files; a missing
/// one is recorded and fails, so that it is looked at before it is committed.
func expectSnapshot(
  _ text: String, _ name: String, file: String = #filePath, sourceLocation: SourceLocation = #_sourceLocation
) throws {
  let url = URL(filePath: file).deletingLastPathComponent().appending(path: "Snapshots/\(name)")
  let recorded = try? String(contentsOf: url, encoding: .utf8)
  if ProcessInfo.processInfo.environment["RECORD_SNAPSHOTS"] == "1" || recorded == nil {
    try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try text.write(to: url, atomically: true, encoding: .utf8)
  }
  guard let recorded else {
    Issue.record("\(name) did not exist and was recorded: look at it, and run again", sourceLocation: sourceLocation)
    return
  }
  guard ProcessInfo.processInfo.environment["RECORD_SNAPSHOTS"] != "1" else { return }
  #expect(text == recorded, "\(name) differs; RECORD_SNAPSHOTS=1 rewrites it", sourceLocation: sourceLocation)
}
