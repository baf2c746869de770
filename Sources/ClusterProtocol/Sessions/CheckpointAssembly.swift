import StudyModel

/// Puts checkpoints together again that travel in pieces.
struct CheckpointAssembly {
  private struct Partial {
    var step: Int
    var bytes: [UInt8] = []
  }

  private var partials: [Attempt: Partial] = [:]

  /// Takes the next piece; returns the whole with the last one. A piece that does not continue what is there belongs to a
  /// checkpoint whose beginning was lost with a connection, and is left out.
  mutating func add(_ piece: [UInt8], at offset: Int, of size: Int, to attempt: Attempt, step: Int) -> [UInt8]? {
    var partial = partials.removeValue(forKey: attempt) ?? Partial(step: step)
    if offset == 0 { partial = Partial(step: step) }
    guard partial.step == step, partial.bytes.count == offset else { return nil }
    partial.bytes += piece
    if partial.bytes.count == size { return partial.bytes }
    partials[attempt] = partial
    return nil
  }

  mutating func forget(_ attempt: Attempt) {
    partials[attempt] = nil
  }
}
