import StudyStore
import ZeroMQ

/// The libraries that hpsearch is linked with.
enum LibraryCheck {
  static func findings() -> [Finding] {
    [
      zeroMQ(ZeroMQ.version), curve(ZeroMQ.hasCurve), Finding("sqlite", StudyReader.sqliteVersion),
    ]
  }

  static func zeroMQ(_ version: String) -> Finding {
    let numbers = version.split(separator: ".").compactMap { Int($0) }
    let isOld = numbers.lexicographicallyPrecedes([4, 2])
    return Finding(
      "zeromq", version, remedy: isOld ? "hpsearch is made for 4.2 and later: apt-get install libzmq3-dev" : nil)
  }

  static func curve(_ isThere: Bool) -> Finding {
    Finding(
      "curve", isThere ? "available" : "missing",
      remedy: isThere
        ? nil
        : "This libzmq was built without libsodium: workers on other machines cannot be authenticated. "
          + "Install the libzmq of the distribution (apt-get install libzmq3-dev).")
  }
}
