import Foundation
import StudyStore
import Testing

@Suite struct StudyLockTests {
  @Test func oneHolderAtATime() throws {
    let study = TemporaryStudy()
    try study.directory.create()
    #expect(StudyLock.holder(of: study.directory) == nil)
    let lock = try StudyLock(study.directory)
    let holder = try #require(StudyLock.holder(of: study.directory))
    #expect(holder.hasPrefix("process \(ProcessInfo.processInfo.processIdentifier) on "))
    let error = error { _ = try StudyLock(study.directory) }
    #expect(error?.kind == .locked)
    #expect(error?.description.contains(holder) == true)
    lock.release()
    lock.release()
    #expect(StudyLock.holder(of: study.directory) == nil)
    _ = try StudyLock(study.directory)
  }

  @Test func theLockGoesWithItsOwner() throws {
    let study = TemporaryStudy()
    try study.directory.create()
    do { _ = try StudyLock(study.directory) }
    #expect(StudyLock.holder(of: study.directory) == nil)
  }

  /// What a holder that was killed leaves behind is no lock.
  @Test func anOldNameDoesNotLock() throws {
    let study = TemporaryStudy()
    try study.directory.create()
    try Data("process 1 on elsewhere\n".utf8).write(to: URL(fileURLWithPath: study.directory.lock))
    #expect(StudyLock.holder(of: study.directory) == nil)
    _ = try StudyLock(study.directory)
  }
}
