import Foundation
import Testing

/// A folder of its own for one test, in which the built program is run as a user would run it. Everything that was
/// started is killed at the end, and the folder goes away.
final class Sandbox {
  let path: String
  private var started: [Program] = []

  init() throws {
    path = NSTemporaryDirectory() + "hpsearch-test-\(UUID().uuidString.prefix(8))"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit {
    for program in started { program.kill() }
    try? FileManager.default.removeItem(atPath: path)
  }

  /// The folder of the built programs: where the test bundle lies.
  private static let products: URL = {
    var url = URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath()
    let needed = "hpsearch"
    while url.path != "/" {
      url.deleteLastPathComponent()
      if FileManager.default.isExecutableFile(atPath: url.appendingPathComponent(needed).path) { return url }
    }
    return URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent(".build/release")
  }()

  /// The path of one of the built programs, or of any other by its absolute path.
  static func executable(_ name: String) -> String {
    name.hasPrefix("/") ? name : products.appendingPathComponent(name).path
  }

  @discardableResult
  func write(_ name: String, _ text: String) throws -> String {
    let file = "\(path)/\(name)"
    try FileManager.default.createDirectory(
      atPath: (file as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
    try Data(text.utf8).write(to: URL(fileURLWithPath: file))
    return file
  }

  func read(_ name: String) throws -> String {
    try String(contentsOfFile: "\(path)/\(name)", encoding: .utf8)
  }

  /// Starts hpsearch in this folder.
  func start(_ arguments: String...) throws -> Program { try start(arguments) }

  func start(_ arguments: [String], program: String = "hpsearch") throws -> Program {
    let executable = URL(fileURLWithPath: Self.executable(program))
    let program = try Program(executable, arguments, folder: path, number: started.count)
    started.append(program)
    return program
  }

  /// Runs hpsearch to its end.
  func run(_ arguments: String..., status: Int32 = 0, at location: SourceLocation = #_sourceLocation) throws -> Program
  {
    let program = try start(arguments)
    program.wait()
    #expect(
      program.status == status, "\(arguments.joined(separator: " "))\n\(program.errors)", sourceLocation: location)
    return program
  }

  /// The trials of a study without what depends on the clock: for comparing studies digit for digit.
  func trials(_ study: String, at location: SourceLocation = #_sourceLocation) throws -> String {
    let json = try run("trials", study, "--format", "json", at: location).output
    return json.split(separator: "\n").filter { !$0.contains("_seconds\"") && !$0.contains("_at\"") && !isHistory($0) }
      .joined(separator: "\n")
  }

  /// Which attempt succeeded on which worker is history and not result.
  private func isHistory(_ line: Substring) -> Bool {
    ["\"attempt\"", "\"worker\"", "\"deaths\"", "\"study\""].contains { line.contains($0) }
  }

  /// Waits until the condition holds.
  func wait(
    _ seconds: Double = 30, for what: String, at location: SourceLocation = #_sourceLocation,
    _ condition: () throws -> Bool
  )
    throws
  {
    let deadline = Date(timeIntervalSinceNow: seconds)
    while try !condition() {
      if Date() > deadline {
        Issue.record("waited \(seconds) s in vain for \(what)", sourceLocation: location)
        return
      }
      Thread.sleep(forTimeInterval: 0.02)
    }
  }
}

/// A program that was started, with its output in files.
final class Program {
  private let process = Process()
  private let outputFile: String
  private let errorFile: String

  fileprivate init(_ executable: URL, _ arguments: [String], folder: String, number: Int) throws {
    outputFile = "\(folder)/.out-\(number)"
    errorFile = "\(folder)/.err-\(number)"
    process.executableURL = executable
    process.arguments = arguments
    process.currentDirectoryURL = URL(fileURLWithPath: folder)
    process.standardInput = FileHandle.nullDevice
    for (file, isOutput) in [(outputFile, true), (errorFile, false)] {
      try Data().write(to: URL(fileURLWithPath: file))
      let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: file))
      if isOutput { process.standardOutput = handle } else { process.standardError = handle }
    }
    try process.run()
  }

  var processID: pid_t { process.processIdentifier }
  var isRunning: Bool { process.isRunning }
  var status: Int32 { process.terminationStatus }
  var output: String { (try? String(contentsOfFile: outputFile, encoding: .utf8)) ?? "" }
  var errors: String { (try? String(contentsOfFile: errorFile, encoding: .utf8)) ?? "" }

  /// Waits for the end; a program that does not come to it is killed, and that is an issue.
  func wait(_ seconds: Double = 120, at location: SourceLocation = #_sourceLocation) {
    let deadline = Date(timeIntervalSinceNow: seconds)
    while process.isRunning, Date() < deadline { Thread.sleep(forTimeInterval: 0.01) }
    guard process.isRunning else { return }
    let arguments = process.arguments ?? []
    Issue.record(
      "hpsearch \(arguments.joined(separator: " ")) ran for \(seconds) s\n\(errors)", sourceLocation: location)
    kill()
  }

  func signal(_ number: Int32) { Foundation.kill(processID, number) }

  func kill() {
    guard process.isRunning else { return }
    signal(SIGKILL)
    process.waitUntilExit()
  }

  /// The processes that this one started.
  var children: [pid_t] {
    let file = "/proc/\(processID)/task/\(processID)/children"
    let text = (try? String(contentsOfFile: file, encoding: .utf8)) ?? ""
    return text.split(separator: " ").compactMap { pid_t($0) }
  }
}

/// Whether a process with this number lives, and is not waiting to be buried.
func isAlive(_ process: pid_t) -> Bool {
  guard let stat = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8) else { return false }
  return stat.split(separator: ")").last?.split(separator: " ").first != "Z"
}
