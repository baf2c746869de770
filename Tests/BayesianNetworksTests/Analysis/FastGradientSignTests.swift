import BayesianNetworks
import Foundation
import Probability
import Tensors
import Testing

@Suite struct FastGradientSignTests {
  private let prior = GaussianPrior(scale: 1)

  /// The loss of a linear softmax classifier has the gradient W (p - one-hot).
  @Test func linearClassifierHasAKnownGradient() {
    let (inputs, classes, rows) = (5, 3, 20)
    let model = BayesianModel(
      network: Network(inputs: inputs, hidden: [], outputs: classes), likelihood: .categorical, prior: prior)
    let weights = Vector<Double>.normal(RandomKey(seed: 4), count: model.parameterCount)
    let data: Examples<Double> = examples(.categorical, rows: rows, inputs: inputs, outputs: classes)
    guard case .classes(let labels) = data.targets else { return }
    let attack = FastGradientSign(samples: 9, key: RandomKey(seed: 0))
    let gradient = attack.gradient(of: PointPosterior(weights), model: model, data: data)
    let directions = attack.directions(of: PointPosterior(weights), model: model, data: data)
    for row in 0..<rows {
      let logits = (0..<classes).map { c in
        (0..<inputs).reduce(weights[inputs * classes + c]) { $0 + data.inputs[row, $1] * weights[$1 * classes + c] }
      }
      let total = logSumExp(logits)
      for i in 0..<inputs {
        let expected = (0..<classes).reduce(0.0) { sum, c in
          sum + weights[i * classes + c] * (exp(logits[c] - total) - (c == Int(labels[row]) ? 1 : 0))
        }
        #expect(abs(gradient[row, i] - expected) < 1e-12)
        #expect(directions[row, i] == (expected > 0 ? 1 : -1))
      }
    }
  }

  static let convolution = try! Network(
    input: .image(height: 4, width: 4, channels: 1),
    layers: [
      .convolution(channels: 2, kernel: 3, padding: 1), .activation(.tanh), .maxPooling(window: 2), .dropout(rate: 0.5),
      .dense(units: 3),
    ])

  /// Central differences of the predictive loss over several samples.
  @Test(
    arguments: [
      (Network(inputs: 16, hidden: [6], outputs: 3, activation: .tanh), Likelihood.categorical),
      (Network(inputs: 16, hidden: [6], outputs: 3, activation: .tanh), .gaussian(scale: 0.7)),
      (convolution, .gaussian(scale: 0.7, learned: true)), (convolution, .categorical),
    ])
  func agreesWithDifferences(network: Network, likelihood: Likelihood) {
    let model = BayesianModel(network: network, likelihood: likelihood, prior: prior)
    let posterior = SampleSetPosterior(
      (0..<4).map { sample in
        var weights = Vector<Double>.normal(RandomKey(seed: 7).folded(sample), count: model.parameterCount)
        if likelihood.parameterCount > 0 { weights[model.parameterCount - 1] = 0.2 * Double(sample) - 0.3 }
        return weights
      })
    let data: Examples<Double> = examples(likelihood, rows: 3, inputs: 16, outputs: 3)
    var attack = FastGradientSign(samples: 4, key: RandomKey(seed: 0))
    attack.blockRows = 2
    let gradient = attack.gradient(of: posterior, model: model, data: data)
    func losses(_ inputs: Matrix<Double>) -> [Double] {
      let evaluation = Evaluation(samples: 4, key: RandomKey(seed: 0))
      let all = evaluation.pointwise(
        of: MonteCarloPredictive(posterior, model: model), data: Examples(inputs: inputs, targets: data.targets)
      ) { _ in }
      return (0..<3).map { -logMeanExp(all.column($0)) }
    }
    for input in 0..<16 {
      var (up, down) = (data.inputs, data.inputs)
      for row in 0..<3 {
        up[row, input] += 1e-6
        down[row, input] -= 1e-6
      }
      let (above, below) = (losses(up), losses(down))
      for row in 0..<3 {
        #expect(abs(gradient[row, input] - (above[row] - below[row]) / 2e-6) < 1e-6 * max(1, abs(gradient[row, input])))
      }
    }
  }

  /// The gradient of the mean of densities, which is not the mean of the gradients.
  @Test func samplesAreWeightedByTheirLikelihoods() {
    let model = BayesianModel(
      network: Network(inputs: 1, hidden: [], outputs: 1), likelihood: .gaussian(scale: 1), prior: prior)
    let data = Examples<Double>(
      inputs: Matrix([1], rows: 1, columns: 1), targets: .values(Matrix([2], rows: 1, columns: 1)))
    // y = 2.5 x is near, y = -60 x has a density of exp(-1922).
    let posterior = SampleSetPosterior([Vector<Double>([2.5, 0]), Vector([-60, 0])])
    let gradient = FastGradientSign(samples: 2, key: RandomKey(seed: 0), range: nil).gradient(
      of: posterior, model: model, data: data)
    #expect(abs(gradient[0, 0] - 0.5 * 2.5) < 1e-12)
    let reversed = FastGradientSign(samples: 2, key: RandomKey(seed: 0), range: nil).gradient(
      of: SampleSetPosterior([Vector<Double>([-60, 0]), Vector([2.5, 0])]), model: model, data: data)
    #expect(abs(reversed[0, 0] - 0.5 * 2.5) < 1e-12)
    // Two samples that are both all but impossible: each point still has a gradient.
    let far = FastGradientSign(samples: 2, key: RandomKey(seed: 0), range: nil).gradient(
      of: SampleSetPosterior([Vector<Double>([-60, 0]), Vector([-70, 0])]), model: model, data: data)
    #expect(abs(far[0, 0] - (-60 - 2) * -60) < 1e-9)
  }

  /// For logits (w x, -w x) the margin |w x| shrinks by epsilon times the sum of |w|.
  @Test(arguments: [256, 3]) func accuracyOfALinearClassifier(blockRows: Int) throws {
    let rows = 40
    let w: [Float] = [0.5, -2, 1]
    let model = BayesianModel(
      network: Network(inputs: 3, hidden: [], outputs: 2), likelihood: .categorical, prior: prior)
    let weights = Vector(w.flatMap { [$0, -$0] } + [0, 0])
    let inputs = Matrix(Vector<Float>.normal(RandomKey(seed: 12), count: rows * 3), rows: rows, columns: 3)
    let margins = (0..<rows).map { row in (0..<3).reduce(Float(0)) { $0 + w[$1] * inputs[row, $1] } }
    let data = Examples(inputs: inputs, targets: .classes(margins.map { $0 > 0 ? 0 : 1 }))
    var attack = FastGradientSign(samples: 1, key: RandomKey(seed: 0), range: nil)
    attack.blockRows = blockRows
    let epsilons = [0, 0.05, 0.2, 0.5, 1, 3]
    let curve = attack.curve(
      epsilons: epsilons, of: PointPosterior(weights), model: model, data: data,
      evaluation: Evaluation(samples: 1, key: RandomKey(seed: 0)))
    for (point, epsilon) in zip(curve.points, epsilons) {
      let wrong = margins.count { Double(abs($0)) < epsilon * 3.5 }
      #expect(point.epsilon == epsilon && abs(point.quality.error - Double(wrong) / Double(rows)) < 1e-12)
    }
    #expect(curve.points[0].quality.error == 0 && curve.points[5].quality.error > 0.9)
    #expect(try JSONDecoder().decode(AdversarialCurve.self, from: JSONEncoder().encode(curve)) == curve)
  }

  @Test func examplesStayInTheRange() {
    let data = Examples<Float>(
      inputs: Matrix([0, 0.5, 1, 0.95], rows: 2, columns: 2), targets: .classes([0, 1]))
    let directions = Matrix<Float>([-1, 1, 1, 0], rows: 2, columns: 2)
    let attack = FastGradientSign(samples: 1, key: RandomKey(seed: 0))
    let moved = attack.examples(data, along: directions, epsilon: 0.25)
    #expect(moved.inputs.elements.array == [0, 0.75, 1, 0.95])
    #expect(
      FastGradientSign(samples: 1, key: RandomKey(seed: 0), range: nil).examples(
        data, along: directions, epsilon: 0.25
      ).inputs.elements.array == [-0.25, 0.75, 1.25, 0.95])
    guard case .classes(let classes) = moved.targets else { return #expect(Bool(false), "no classes") }
    #expect(classes == [0, 1])
  }
}
