package import StudyModel

/// The checkpoints of a study: files named by the SHA-256 of their content.
///
/// Equal contents share a file. The store counts who refers to it, and removes it when nobody does any more. The order
/// that is safe at every moment: `save`, append `.runCheckpointed` to the study's store, `retain` the new reference,
/// `release` the one that it replaces.
package final class CheckpointStore {
  private let directory: StudyDirectory
  private var references: [String: Int] = [:]

  package init(_ directory: StudyDirectory) {
    self.directory = directory
  }

  /// Writes the checkpoint. It is durable when this returns, and not referred to yet.
  package func save(_ bytes: [UInt8], step: Int) throws(StoreError) -> CheckpointReference {
    let reference = CheckpointReference(hash: SHA256.hexadecimal(of: bytes), bytes: bytes.count, step: step)
    let path = directory.checkpoint(reference.hash)
    // Compared byte by byte: a damaged file of that name is replaced.
    if Files.size(of: path) == bytes.count, (try? Files.read(path)) == bytes { return reference }
    try Files.replace(path, with: bytes)
    return reference
  }

  /// - Throws: `StoreError.missing`, or `.damagedCheckpoint` when the content is not what was saved.
  package func load(_ reference: CheckpointReference) throws(StoreError) -> [UInt8] {
    let path = directory.checkpoint(reference.hash)
    guard Self.isHash(reference.hash), Files.exists(path) else {
      throw StoreError(
        .missing, at: path, "the checkpoint of step \(reference.step) is gone; the run has to start from its beginning")
    }
    let bytes = try Files.read(path)
    guard bytes.count == reference.bytes else {
      throw StoreError(
        .damagedCheckpoint, at: path,
        "has \(bytes.count) bytes instead of \(reference.bytes); remove it, and the run starts from its beginning")
    }
    let hash = SHA256.hexadecimal(of: bytes)
    guard hash == reference.hash else {
      throw StoreError(
        .damagedCheckpoint, at: path,
        "its content has the hash \(hash.prefix(12))... instead of its name's; remove it, and the run starts from its "
          + "beginning")
    }
    return bytes
  }

  /// Counts one more reference.
  package func retain(_ reference: CheckpointReference) {
    references[reference.hash, default: 0] += 1
  }

  /// Counts one reference less, and removes the file with the last.
  package func release(_ reference: CheckpointReference) throws(StoreError) {
    guard let count = references[reference.hash] else {
      preconditionFailure("checkpoint \(reference.hash) was released more often than retained")
    }
    references[reference.hash] = count > 1 ? count - 1 : nil
    if count == 1 { try Files.remove(directory.checkpoint(reference.hash)) }
  }

  /// Removes what nobody refers to, and what a crash left half written. For the start, after every checkpoint of the
  /// study's state was retained. Files that are not checkpoints stay.
  ///
  /// - Returns: How many files it removed.
  @discardableResult
  package func removeUnreferenced() throws(StoreError) -> Int {
    var removed = 0
    for name in try Files.list(directory.checkpoints) {
      let hash = name.hasSuffix(Self.suffix) ? String(name.dropLast(Self.suffix.count)) : ""
      let isLeftover = name.hasPrefix(".") && name.hasSuffix(".tmp")
      guard isLeftover || Self.isHash(hash) && references[hash] == nil else { continue }
      try Files.remove("\(directory.checkpoints)/\(name)")
      removed += 1
    }
    return removed
  }

  private static let suffix = ".safetensors"

  private static func isHash(_ text: String) -> Bool {
    text.utf8.count == 64
      && text.utf8.allSatisfy { ("0"..."9").contains(UnicodeScalar($0)) || ("a"..."f").contains(UnicodeScalar($0)) }
  }
}
