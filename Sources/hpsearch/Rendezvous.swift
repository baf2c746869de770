import Foundation
import StudyStore

/// A socket file where the local workers of one coordinator find it, in a folder that only this user can enter.
///
/// The folder's name follows from the study's: what a coordinator that was killed left behind is used again by the next.
/// It is under /tmp and not where XDG_RUNTIME_DIR says, for that goes away when the user logs out, and the sweep need not.
struct Rendezvous {
  let address: String

  init(study: String) throws {
    let path = URL(fileURLWithPath: study).standardizedFileURL.path
    // The path of a socket file is short by nature: 107 bytes on Linux.
    let name = SHA256.hexadecimal(of: Array(path.utf8)).prefix(16)
    let folder = "/tmp/hpsearch-\(getuid())-\(name)"
    if mkdir(folder, 0o700) != 0 {
      var status = stat()
      let isOurs =
        errno == EEXIST && lstat(folder, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
        && status.st_uid == getuid()
        && status.st_mode & 0o077 == 0
      guard isOurs else {
        throw fail("cannot make the folder \(folder) for the workers' socket; remove what is there")
      }
    }
    unlink("\(folder)/workers")
    address = "ipc://\(folder)/workers"
  }
}
