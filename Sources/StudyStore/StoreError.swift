/// What went wrong with a study folder. `description` names the place, what was found there, and the remedy.
package struct StoreError: Error, Hashable, CustomStringConvertible {
  package enum Kind: String, Hashable, Sendable {
    /// There is no study, file or checkpoint of that name.
    case missing
    /// There is a study already.
    case exists
    /// The file is not a study's database.
    case notAStudy
    /// A newer hpsearch wrote it.
    case newerFormat
    /// Another coordinator runs the study, or another program holds the database.
    case locked
    /// The disk, the quota or the largest allowed size is used up. Nothing of the failed call was stored.
    case full
    /// The place cannot be written to.
    case readOnly
    /// An event does not fit the study. Nothing of the failed call was stored.
    case conflict
    /// The database or an event in it is damaged.
    case corrupt
    /// A checkpoint is not what its name says.
    case damagedCheckpoint
    /// Any other failure of the file system.
    case io
  }

  package let kind: Kind
  /// The path of the file or folder.
  package let place: String
  package let message: String

  package init(_ kind: Kind, at place: String, _ message: String) {
    self.kind = kind
    self.place = place
    self.message = message
  }

  package var description: String { "\(place): \(message)" }
}
