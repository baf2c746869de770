import Foundation

/// How a process ended, read from what waitpid(2) says.
package struct ProcessEnd: Hashable, Sendable, CustomStringConvertible {
  private let status: Int32

  package init(status: Int32) { self.status = status }

  package var description: String {
    let signal = status & 0x7f
    if signal == 0 { return "exit status \((status >> 8) & 0xff)" }
    return "signal \(signal) (\(String(cString: strsignal(signal))))"
  }
}

/// Strings as C wants them: a list of pointers with nil at its end.
struct CStrings {
  private let strings: [String]

  init(_ strings: [String]) { self.strings = strings }

  func withPointers<Result>(_ body: ([UnsafeMutablePointer<CChar>?]) -> Result) -> Result {
    let pointers = strings.map { strdup($0) }
    defer { for pointer in pointers { free(pointer) } }
    return body(pointers + [nil])
  }
}
