import ArgumentParser
import Foundation
import StudyModel

/// A sweep file that was read and found right.
struct SweepFile {
  var configuration: SweepConfiguration
  /// The folder that relative paths in it start from: its own, unless --data says otherwise.
  var directory: String

  /// - Throws: `ExitCode` 64, after the reason was said on standard error.
  init(path: String, dataDirectory: String?, for purpose: SweepConfiguration.Purpose = .sweep) throws {
    let url = URL(fileURLWithPath: path)
    let bytes: Data
    do {
      bytes = try Data(contentsOf: url)
    } catch {
      throw fail("cannot read the sweep file \(path): \(error.reasonText)", status: ExitCode.usage)
    }
    do {
      configuration = try SweepConfiguration(
        parsing: bytes, fileName: path, defaultName: url.deletingPathExtension().lastPathComponent,
        for: purpose)
    } catch {
      throw fail(error, status: ExitCode.usage)
    }
    directory = dataDirectory.map { URL(fileURLWithPath: $0).path } ?? url.deletingLastPathComponent().path
  }
}

extension Error {
  /// What the system says, without the wrapping that Foundation adds.
  var reasonText: String {
    let error = self as NSError
    if let cause = error.userInfo[NSUnderlyingErrorKey] as? any Error { return cause.reasonText }
    return error.domain == NSPOSIXErrorDomain
      ? String(cString: strerror(Int32(error.code))) : error.localizedDescription
  }
}
