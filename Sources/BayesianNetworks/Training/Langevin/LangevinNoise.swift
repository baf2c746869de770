import Tensors

extension OptimizerStep {
  /// The length of a step at a learning rate. A minibatch that is a part of a full one makes that part of a step, with
  /// the noise of a step of that length: the noise of a whole step would heat the chain.
  func stepLength(_ rate: Double) -> Double { rate * rateFactor * batchFraction }

  /// The standard deviation of the noise of Langevin dynamics for a step of some length: sqrt(2 length T / N).
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
