import Synchronization

/// 64-byte aligned memory for `count` numbers. Owned by the vectors and matrices that share it.
final class AlignedStorage<Scalar: TensorScalar>: @unchecked Sendable {
  // Unchecked because the memory is changed only through a vector that holds the one reference to it.
  let base: UnsafeMutablePointer<Scalar>
  let count: Int

  init(count: Int) {
    precondition(count >= 0, "a vector of \(count) numbers cannot be")
    let raw = UnsafeMutableRawPointer.allocate(
      byteCount: max(1, count) * MemoryLayout<Scalar>.stride, alignment: 64)
    self.base = raw.bindMemory(to: Scalar.self, capacity: count)
    self.count = count
    StorageStatistics.counter.wrappingAdd(1, ordering: .relaxed)
  }

  deinit {
    UnsafeMutableRawPointer(base).deallocate()
  }
}

/// Counts the vectors' and matrices' allocations, so that a test can show that a training step makes none.
public enum StorageStatistics {
  static let counter = Atomic<Int>(0)

  /// Allocations since the process began.
  public static var allocations: Int { counter.load(ordering: .relaxed) }
}

/// Numbers in contiguous, 64-byte aligned memory; a value with copy on write.
public struct Vector<Scalar: TensorScalar>: Sendable {
  private var storage: AlignedStorage<Scalar>

  /// `count` numbers, all equal to `value`.
  public init(repeating value: Scalar = 0, count: Int) {
    storage = AlignedStorage(count: count)
    Scalar.fill(storage.base, with: value, count: count)
  }

  private init(_ storage: AlignedStorage<Scalar>) {
    self.storage = storage
  }

  public init(_ values: [Scalar]) {
    storage = AlignedStorage(count: values.count)
    values.withUnsafeBufferPointer { source in
      if let base = source.baseAddress { Scalar.copy(base, into: storage.base, count: source.count) }
    }
  }

  public var count: Int { storage.count }

  /// The numbers as an array.
  public var array: [Scalar] {
    withExtendedLifetime(storage) { Array(UnsafeBufferPointer(start: storage.base, count: count)) }
  }

  /// The numbers in double precision.
  public var doubles: [Double] {
    withExtendedLifetime(storage) {
      Array(unsafeUninitializedCapacity: count) { memory, initialized in
        if let base = memory.baseAddress { Scalar.widen(storage.base, into: base, count: count) }
        initialized = count
      }
    }
  }

  /// A copy of a part of the numbers.
  public subscript(range: Range<Int>) -> Vector {
    precondition(
      range.lowerBound >= 0 && range.upperBound <= count, "\(range) is outside a vector of \(count) numbers")
    let part = AlignedStorage<Scalar>(count: range.count)
    withExtendedLifetime((storage, part)) {
      Scalar.copy(storage.base + range.lowerBound, into: part.base, count: range.count)
    }
    return Vector(part)
  }

  /// The memory, for kernels. Valid while this vector, or a copy of it, is alive.
  public var unsafePointer: UnsafePointer<Scalar> { UnsafePointer(storage.base) }

  /// The memory, for kernels that write. Copies it first when another vector shares it. Valid while this vector is
  /// alive and until it is copied.
  public mutating func unsafeMutablePointer() -> UnsafeMutablePointer<Scalar> {
    if !isKnownUniquelyReferenced(&storage) {
      let copy = AlignedStorage<Scalar>(count: storage.count)
      Scalar.copy(storage.base, into: copy.base, count: storage.count)
      storage = copy
    }
    return storage.base
  }

  public subscript(index: Int) -> Scalar {
    get {
      precondition(index >= 0 && index < count, "index \(index) is outside a vector of \(count) numbers")
      return storage.base[index]
    }
    set {
      precondition(index >= 0 && index < count, "index \(index) is outside a vector of \(count) numbers")
      unsafeMutablePointer()[index] = newValue
    }
  }
}

extension Vector: Equatable {
  public static func == (a: Self, b: Self) -> Bool { a.array == b.array }
}
