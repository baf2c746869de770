import ClusterProtocol
import StudyModel
import Synchronization

/// What the slots of a worker tell its I/O thread. Posting is allowed from any thread.
final class Mailbox: Sendable {
  enum Item: Sendable {
    /// A run reports, logs or hands over a checkpoint.
    case message(Attempt, WorkerMessage)
    case ended(Attempt, WorkerSession.RunEnding)
    /// The objective cannot be made on this machine.
    case unable(reason: String)
  }

  let wakeup = Wakeup()
  private let items = Mutex<[Item]>([])

  func post(_ item: Item) {
    let isFirst = items.withLock { items in
      items.append(item)
      return items.count == 1
    }
    if isFirst { wakeup.wake() }
  }

  func takeAll() -> [Item] {
    wakeup.clear()
    return items.withLock { items in
      defer { items = [] }
      return items
    }
  }
}
