import BayesianNetworks
import Foundation
import Probability
import Tensors
import Testing

@Suite struct CurvatureTests {
  @Test(arguments: LaplaceCase.all)
  func theFullCurvatureIsTheGaussNewtonMatrix(_ example: LaplaceCase) throws {
    let found = try example.posterior(.full).curvature.dense(example.model.network.affineLayers)
    #expect(difference(found, example.dense.gaussNewton()) < 1e-12)
  }

  @Test(arguments: LaplaceCase.all)
  func theDiagonal(_ example: LaplaceCase) throws {
    let layers = example.model.network.affineLayers
    let found = try example.posterior(.diagonal).curvature.dense(layers)
    #expect(difference(found.diagonal, example.dense.gaussNewton().diagonal) < 1e-12)
  }

  /// The last layer alone is the last block of the whole.
  @Test(arguments: LaplaceCase.all)
  func theLastLayer(_ example: LaplaceCase) throws {
    let layers = example.model.network.affineLayers
    let last = layers[layers.count - 1]
    let whole = example.dense.gaussNewton().block(last.range)
    let full = try example.posterior(.full, scope: .lastLayer)
    #expect(full.uncertainCount == last.parameterCount)
    #expect(difference(full.curvature.dense([last]), whole) < 1e-12)
    // The outputs are linear in these weights.
    let hessian = try example.posterior(.hessian, scope: .lastLayer)
    #expect(difference(hessian.curvature.dense([last]), whole) < 1e-10)
    let diagonal = try example.posterior(.diagonal, scope: .lastLayer)
    #expect(difference(diagonal.curvature.dense([last]).diagonal, whole.diagonal) < 1e-12)
    let kronecker = try example.posterior(.kronecker, scope: .lastLayer).curvature.dense([last])
    let all = try example.posterior(.kronecker).curvature.dense(layers)
    #expect(difference(kronecker, all.block(last.range)) < 1e-11)
  }

  /// For softmax over linear outputs, the Gauss-Newton matrix is the Hessian: with more classes than are pulled back at
  /// a time, and more rows than a block.
  @Test(arguments: [(2, 9), (3, 1100), (40, 30)])
  func linearClassification(_ classes: Int, _ rows: Int) throws {
    let example = LaplaceCase(
      "linear", Network(inputs: 3, hidden: [], outputs: classes), .categorical, rows: rows)
    let layers = example.model.network.affineLayers
    let full = try example.posterior(.full).curvature.dense(layers)
    #expect(difference(full, try example.posterior(.hessian).curvature.dense(layers)) < 1e-11)
    let diagonal = try example.posterior(.diagonal).curvature.dense(layers)
    #expect(difference(diagonal.diagonal, full.diagonal) < 1e-12)
  }

  /// The Hessian of a network is not its Gauss-Newton matrix; it is what differences of the gradient give.
  @Test(arguments: Activation.allCases, [Likelihood.categorical, .gaussian(scale: 1)])
  func theHessianOfANetwork(_ activation: Activation, _ likelihood: Likelihood) throws {
    // The prior is narrow enough for any curvature.
    let example = LaplaceCase(
      "network", Network(inputs: 3, hidden: [5, 6], outputs: 2, activation: activation), likelihood,
      prior: GaussianPrior(scale: 0.01))
    let hessian = try example.posterior(.hessian).curvature.dense(example.model.network.affineLayers)
    #expect(difference(hessian, example.dense.gaussNewton()) > 1e-3)
    let objective = PointEstimateObjective<Double>(example.model, hasPrior: false, maximumRows: 100)
    func gradient(_ parameter: Int, _ shift: Double) -> [Double] {
      var (w, result) = (example.mode, Vector<Double>(count: example.mode.count))
      w[parameter] += shift
      _ = objective.evaluate(
        example.data, batchFraction: 1, parameters: w, key: RandomKey(seed: 1), gradient: &result)
      return result.array
    }
    let slopes = (0..<hessian.rows).map { parameter in
      zip(gradient(parameter, 1e-5), gradient(parameter, -1e-5)).map { ($0 - $1) / 2e-5 }
    }
    #expect(difference(slopes.flatMap { $0 }, hessian.elements.array) < 1e-7)
  }

  /// One layer that sees one example: the Kronecker product is no approximation.
  @Test(arguments: [Likelihood.categorical, .gaussian(scale: 0.5)])
  func theKroneckerProductOfOneExample(_ likelihood: Likelihood) throws {
    let dense = LaplaceCase("dense", Network(inputs: 4, hidden: [], outputs: 3), likelihood, rows: 1)
    // A kernel as large as the image has one place.
    let convolution = LaplaceCase(
      "convolution",
      try Network(
        input: .image(height: 2, width: 2, channels: 2), layers: [.convolution(channels: 3, kernel: 2)]), likelihood,
      rows: 1)
    for example in [dense, convolution] {
      let found = try example.posterior(.kronecker).curvature.dense(example.model.network.affineLayers)
      #expect(difference(found, example.dense.gaussNewton()) < 1e-12)
    }
  }

  /// Several examples with the same outputs' curvature: exact for a linear model of several outputs too.
  @Test func theKroneckerProductOfALinearRegression() throws {
    let example = LaplaceCase(
      "linear", Network(inputs: 4, hidden: [], outputs: 3), .gaussian(scale: 0.5), rows: 12)
    let found = try example.posterior(.kronecker).curvature.dense(example.model.network.affineLayers)
    #expect(difference(found, example.dense.gaussNewton()) < 1e-12)
  }

  /// The factors of a convolution (Grosse and Martens 2016) where its derivatives are known: a linear network, whose
  /// second layer's weights are the derivatives.
  @Test func theFactorsOfAConvolution() throws {
    let network = try Network(
      input: .image(height: 3, width: 4, channels: 2),
      layers: [.convolution(channels: 3, kernel: 3, padding: 1), .dense(units: 2)])
    let example = LaplaceCase("linear", network, .gaussian(scale: 1), rows: 5)
    guard case .kronecker(let found) = try example.posterior(.kronecker).curvature else {
      Issue.record("not Kronecker-factored")
      return
    }
    let second = network.affineLayers[1]
    var (a, g) = (Matrix<Double>(rows: 19, columns: 19), Matrix<Double>(rows: 3, columns: 3))
    for row in 0..<5 {
      for place in 0..<12 {
        let (y, x) = (place / 4, place % 4)
        var patch: [Double] = []
        for dy in -1...1 {
          for dx in -1...1 {
            for channel in 0..<2 {
              let isInside = (0..<3).contains(y + dy) && (0..<4).contains(x + dx)
              patch.append(isInside ? example.data.inputs[row, ((y + dy) * 4 + x + dx) * 2 + channel] : 0)
            }
          }
        }
        patch.append(1)
        for i in 0..<19 { for j in 0..<19 { a[i, j] += patch[i] * patch[j] } }
        for output in 0..<2 {
          let d = (0..<3).map { example.mode[second.start + (place * 3 + $0) * 2 + output] }
          for i in 0..<3 { for j in 0..<3 { g[i, j] += d[i] * d[j] } }
        }
      }
    }
    #expect(found.layers[0].rows == 60)
    #expect(difference(found.layers[0].inputs.applying { $0 }, a) < 1e-12)
    #expect(difference(found.layers[0].outputs.applying { $0 }, g) < 1e-12)
  }

  /// In single precision everything is the same but for rounding.
  @Test(arguments: LaplaceCase.all)
  func singlePrecision(_ example: LaplaceCase) throws {
    let data: Examples<Float> =
      switch example.data.targets {
      case .values(let values): Examples(inputs: single(example.data.inputs), targets: .values(single(values)))
      case .classes(let classes): Examples(inputs: single(example.data.inputs), targets: .classes(classes))
      }
    let mode = Vector(example.mode.array.map { Float($0) })
    for curvature in LaplaceApproximation.Curvature.allCases where curvature != .hessian {
      let wide = try example.posterior(curvature)
      let found = try LaplacePosterior(model: example.model, mode: mode, data: data, curvature: curvature)
      let layers = example.model.network.affineLayers
      #expect(difference(found.curvature.dense(layers), wide.curvature.dense(layers)) < 2e-5)
      #expect(abs(found.logEvidence - wide.logEvidence) < 1e-4 * abs(wide.logEvidence))
      let (outputs, expected) = (found.outputs(of: data.inputs), wide.outputs(of: example.data.inputs))
      #expect(difference(outputs.covariances, expected.covariances) < 1e-4)
    }
  }

  func single(_ matrix: Matrix<Double>) -> Matrix<Float> {
    Matrix(matrix.elements.array.map { Float($0) }, rows: matrix.rows, columns: matrix.columns)
  }
}
