package import StudyModel

/// The names in a study folder (section 5 of the design). A study is one folder: it can be copied, inspected and
/// resumed on another machine.
///
///     sweep.json                    the configuration as it was frozen when the study began
///     study.sqlite                  the store
///     study.lock                    held by the coordinator as long as it runs
///     logs/trial-0007-run-2.log     what a run said
///     checkpoints/<hash>.safetensors
///     exports/
package struct StudyDirectory: Hashable, Sendable {
  package let path: String

  package init(_ path: String) {
    var path = path
    while path.count > 1, path.hasSuffix("/") { path.removeLast() }
    self.path = path
  }

  package var configuration: String { path + "/sweep.json" }
  package var database: String { path + "/study.sqlite" }
  package var lock: String { path + "/study.lock" }
  package var logs: String { path + "/logs" }
  package var checkpoints: String { path + "/checkpoints" }
  package var exports: String { path + "/exports" }

  package func log(of run: RunID) -> String { "\(logs)/\(run).log" }

  package func checkpoint(_ hash: String) -> String { "\(checkpoints)/\(hash).safetensors" }

  /// Whether there is a store in the folder.
  package var holdsStudy: Bool { Files.exists(database) }

  /// Makes the folder and the folders in it; nothing happens to those that exist.
  package func create() throws(StoreError) {
    for folder in [path, logs, checkpoints, exports] { try Files.makeDirectory(folder) }
  }

  /// Writes sweep.json: the old text or the new one is there at any time, and the new one once this returned.
  package func writeConfiguration(_ text: String) throws(StoreError) {
    try Files.replace(configuration, with: Array(text.utf8))
  }

  package func readConfiguration() throws(StoreError) -> String {
    let bytes = try Files.read(configuration)
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw StoreError(.corrupt, at: configuration, "is not UTF-8 text; restore it from the sweep file of the study")
    }
    return text
  }
}
