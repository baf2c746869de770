import Tensors

extension OptimizerStep {
  /// The standard deviation of the noise of Langevin dynamics at a learning rate: sqrt(2 rate T / N).
  func spread(rate: Double, temperature: Double) -> Double {
    (2 * rate * temperature / Double(examples)).squareRoot()
  }

  /// Calls `body` with the start, the length and the standard normal noise of one block after another, so that the noise
  /// is read from the first cache. Number i of the noise depends on the step's key and i alone.
  func forEachNoiseBlock(_ body: (Int, Int, UnsafePointer<Scalar>) -> Void) {
    let block = 2048
    withUnsafeTemporaryAllocation(of: Scalar.self, capacity: block) { memory in
      let noise = memory.baseAddress.unsafelyUnwrapped
      for start in stride(from: 0, to: count, by: block) {
        let n = min(block, count - start)
        Scalar.fillNormal(key, offset: start, into: noise, count: n)
        body(start, n, UnsafePointer(noise))
      }
    }
  }
}
