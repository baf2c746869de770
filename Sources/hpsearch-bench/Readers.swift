import Foundation
import StudyStore
import Synchronization

/// Those who look at a study while it runs: two processes that ask for the status once a second, and a reader that
/// holds a snapshot open all the time.
final class Readers: Sendable {
  private let isStopping = Mutex(false)
  private let group = DispatchGroup()

  init(study: StudyDirectory) {
    for _ in 0..<2 {
      watch { [self] in
        while !study.holdsStudy && !stopping { Thread.sleep(forTimeInterval: 0.01) }
        while !stopping {
          if let process = try? Dispatch.start(["status", study.path, "--format", "json"]) { process.waitUntilExit() }
          Thread.sleep(forTimeInterval: 1)
        }
      }
    }
    watch { [self] in
      var reader: StudyReader?
      while reader == nil && !stopping {
        reader = try? StudyReader(study)
        Thread.sleep(forTimeInterval: 0.01)
      }
      while !stopping {
        // The snapshot stays open as long as the body of the first event takes.
        try? reader?.forEachEvent(after: 0) { _ throws(StoreError) in
          while !self.stopping { Thread.sleep(forTimeInterval: 0.05) }
        }
        Thread.sleep(forTimeInterval: 0.01)
      }
    }
  }

  private var stopping: Bool { isStopping.withLock { $0 } }

  private func watch(_ body: @escaping @Sendable () -> Void) {
    group.enter()
    let thread = Thread { [group] in
      body()
      group.leave()
    }
    thread.start()
  }

  func stop() {
    isStopping.withLock { $0 = true }
    group.wait()
  }
}
