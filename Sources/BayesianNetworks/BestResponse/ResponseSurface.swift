import Autodiff
package import Probability
package import Tensors

/// Q as a function of the hyperparameters, read off trained hypernetworks: no training, a forward pass a point.
///
/// Several members, hypernetworks of the same problem from other starts, tell by their spread where the surface is not to
/// be trusted. All examples of the validation are used, in blocks, with the same noise at every point.
package final class ResponseSurface<Scalar: DensityScalar> {
  /// A trained hypernetwork.
  package struct Member {
    package var response: any BestResponse<Scalar>
    package var parameters: Vector<Scalar>
    package var center: Vector<Scalar>

    package init(_ response: any BestResponse<Scalar>, parameters: Vector<Scalar>, center: Vector<Scalar>) {
      self.response = response
      self.parameters = parameters
      self.center = center
    }

    package init(_ response: any BestResponse<Scalar>, _ state: ResponseState<Scalar>) {
      self.init(response, parameters: state.parameters, center: state.center)
    }
  }

  package let problem: any BilevelProblem<Scalar>
  private let readers: [SurfaceReader<Scalar>]
  private let tuning: FineTuning<Scalar>?

  /// - Parameters:
  ///   - members: At least one.
  ///   - tuning: Training at fixed hyperparameters, for the gap.
  ///   - blockRows: Validation examples of a pass.
  package init(
    _ problem: any BilevelProblem<Scalar>, members: [Member], tuning: FineTuningSettings? = nil,
    blockRows: Int = 1024, key: RandomKey
  ) {
    precondition(!members.isEmpty, "a surface needs a hypernetwork")
    self.problem = problem
    readers = members.map { SurfaceReader(problem, $0, blockRows: blockRows, key: key) }
    self.tuning = tuning.map { FineTuning(problem, $0, blockRows: blockRows, key: key) }
  }

  /// Q of the members at a point.
  package func value(at point: [Double]) -> SurfaceValue {
    let values = readers.map { $0.value(at: point, wantsGradient: false) }
    let mean = values.reduce(0, +) / Double(values.count)
    let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    var result = SurfaceValue(hyperparameters: point, value: mean)
    if values.count > 1 { result.spread = (squares / Double(values.count - 1)).squareRoot() }
    if let tuning { result.tuningGap = tuning.gap(from: readers[0].weights(at: point), at: point) }
    return result
  }

  package func values(at points: [[Double]]) -> [SurfaceValue] { points.map { value(at: $0) } }

  /// The weights that a member gives.
  package func weights(at point: [Double], member: Int = 0) -> Vector<Scalar> { readers[member].weights(at: point) }

  /// The mean of the members' Q, and its gradient.
  package func valueAndGradient(at point: [Double]) -> (value: Double, gradient: [Double]) {
    var (value, gradient) = (0.0, Array(repeating: 0.0, count: point.count))
    for reader in readers {
      value += reader.value(at: point, wantsGradient: true) / Double(readers.count)
      for i in point.indices { gradient[i] += reader.lastGradient[i] / Double(readers.count) }
    }
    return (value, gradient)
  }

  /// The least Q in a box: descents by Adam with projection from the middle, from the best of some random points and from
  /// given ones.
  ///
  /// - Parameters:
  ///   - rate: The first steps' length, as a part of the box's width; it falls to 0.
  package func optimum(
    in box: HyperparameterBox, from starts: [[Double]] = [], randomStarts: Int = 4, steps: Int = 200,
    rate: Double = 0.05, key: RandomKey
  ) -> SurfaceValue {
    let width = box.widths
    let uniform = Vector<Double>.uniform(key, count: 4 * randomStarts * box.count).array
    let drawn = (0..<(4 * randomStarts)).map { draw in
      (0..<box.count).map { box.lower[$0] + width[$0] * uniform[draw * box.count + $0] }
    }
    let ranked = drawn.map { (point: $0, value: mean(at: $0)) }.sorted { $0.value < $1.value }
    var best: (point: [Double], value: Double)?
    for start in [box.center] + ranked.prefix(randomStarts).map(\.point) + starts.map({ box.projected($0) }) {
      let end = descended(from: start, box, width, steps: steps, rate: rate)
      if end.value < best?.value ?? .infinity { best = end }
    }
    return value(at: best?.point ?? box.center)
  }

  private func mean(at point: [Double]) -> Double {
    readers.reduce(0) { $0 + $1.value(at: point, wantsGradient: false) } / Double(readers.count)
  }

  /// The best point of a descent, with Adam's steps in units of the box's width.
  private func descended(
    from start: [Double], _ box: HyperparameterBox, _ width: [Double], steps: Int, rate: Double
  ) -> (point: [Double], value: Double) {
    let adam = Adam(learningRate: rate, beta2: 0.99)
    let schedule = LearningRateSchedule.cosine(steps: max(1, steps))
    var buffers = [Vector<Double>(count: start.count), Vector<Double>(count: start.count)]
    var scaled = Vector<Double>(count: start.count)
    var best = (point: start, value: Double.infinity)
    var point = start
    for step in 0...steps {
      let (value, gradient) = valueAndGradient(at: point)
      guard value.isFinite, gradient.allSatisfy(\.isFinite) else { break }
      if value < best.value { best = (point, value) }
      let unit = Vector(zip(gradient, width).map { $0 * $1 })
      let move = scaled.unsafeMutablePointer()
      for i in start.indices { move[i] = 0 }
      withExtendedLifetime(unit) {
        adam.update(
          OptimizerStep(
            parameters: move, gradient: unit.unsafePointer, count: start.count,
            rateFactor: schedule.factor(step: step), number: step), state: &buffers)
      }
      point = box.projected(point.indices.map { point[$0] + width[$0] * scaled[$0] })
    }
    return best
  }
}
