import Foundation
import StudyModel
import StudyStore
import Testing

@Suite struct CheckpointStoreTests {
  private let study: TemporaryStudy
  private let store: CheckpointStore

  init() throws {
    study = TemporaryStudy()
    try study.directory.create()
    store = CheckpointStore(study.directory)
  }

  private var files: [String] {
    get throws { try FileManager.default.contentsOfDirectory(atPath: study.directory.checkpoints).sorted() }
  }

  @Test func whatIsSavedIsLoaded() throws {
    for bytes in [[], [1, 2, 3], (0..<300_000).map { UInt8(truncatingIfNeeded: $0) }] as [[UInt8]] {
      let reference = try store.save(bytes, step: 5)
      #expect(reference.step == 5)
      #expect(reference.bytes == bytes.count)
      #expect(try store.load(reference) == bytes)
      #expect(try CheckpointStore(study.directory).load(reference) == bytes)
    }
  }

  @Test func equalContentsShareAFile() throws {
    let a = try store.save([1, 2, 3], step: 1)
    let b = try store.save([1, 2, 3], step: 2)
    #expect(a.hash == b.hash)
    #expect(try files == ["\(a.hash).safetensors"])
    store.retain(a)
    store.retain(b)
    try store.release(a)
    #expect(try store.load(b) == [1, 2, 3])
    try store.release(b)
    #expect(try files.isEmpty)
    #expect(kind { _ = try store.load(b) } == .missing)
  }

  @Test func damageIsSeen() throws {
    let reference = try store.save(Array(repeating: 7, count: 100), step: 1)
    let url = URL(fileURLWithPath: study.directory.checkpoint(reference.hash))
    for damaged in [Data(repeating: 7, count: 99), Data(repeating: 8, count: 100), Data()] {
      try damaged.write(to: url)
      let error = error { _ = try store.load(reference) }
      #expect(error?.kind == .damagedCheckpoint)
      #expect(error?.place == url.path)
    }
    // Saving the same again repairs it.
    #expect(try store.save(Array(repeating: 7, count: 100), step: 1) == reference)
    #expect(try store.load(reference).count == 100)
  }

  @Test func aHashThatIsNoneIsNotFollowed() throws {
    let reference = CheckpointReference(hash: "../study", bytes: 3, step: 1)
    #expect(kind { _ = try store.load(reference) } == .missing)
  }

  @Test func whatNobodyRefersToIsRemoved() throws {
    let kept = try store.save([1], step: 1)
    let lost = try store.save([2], step: 1)
    let folder = study.directory.checkpoints
    for name in [".\(lost.hash).safetensors.1.tmp", "best.safetensors", "notes.txt"] {
      #expect(FileManager.default.createFile(atPath: "\(folder)/\(name)", contents: Data()))
    }
    let next = CheckpointStore(study.directory)
    next.retain(kept)
    #expect(try next.removeUnreferenced() == 2)
    #expect(try files == ["\(kept.hash).safetensors", "best.safetensors", "notes.txt"].sorted())
  }
}
