public import Tensors

extension InputEmbedding {
  /// The gradient with respect to the D coordinates of q points, from that with respect to their E embedded ones: 0 for
  /// categories and where a coordinate does not exist.
  public func inputPullback(_ gradients: Matrix<Double>, at points: Matrix<Double>) -> Matrix<Double> {
    checkWidth(points)
    precondition(
      gradients.rows == points.rows && gradients.columns == width, "the gradient has one row for each point")
    var result = Matrix<Double>(rows: points.rows, columns: features.count)
    let (g, x, out) = (gradients.unsafePointer, points.unsafePointer, result.unsafeMutablePointer())
    withExtendedLifetime((gradients, points, result)) {
      for (index, feature) in features.enumerated() where feature.isNumber {
        let arc = ArcEmbedding(lengthScale: lengthScales[index], omega: inactiveDistances[index])
        for row in 0..<points.rows {
          let value = x[row * features.count + index]
          if value.isNaN { continue }
          let place = g + row * width + offsets[index]
          let (warped, slope) = warpSlope(value, feature: index)
          let byWarped =
            feature.isConditional ? arc.pullback(warped, (place[0], place[1])).input : place[0] / lengthScales[index]
          out[row * features.count + index] = byWarped * slope
        }
      }
    }
    return result
  }

  /// The gradients with respect to the logarithms of the hyperparameters, from that with respect to the embedded
  /// coordinates; elements that a feature does not have are 0.
  func parameterPullback(_ gradients: UnsafePointer<Double>, at points: Matrix<Double>) -> ParameterGradients {
    var result = ParameterGradients(count: features.count)
    let x = points.unsafePointer
    withExtendedLifetime(points) {
      for (index, feature) in features.enumerated() {
        let arc = ArcEmbedding(lengthScale: lengthScales[index], omega: inactiveDistances[index])
        for row in 0..<points.rows {
          let value = x[row * features.count + index]
          if value.isNaN { continue }
          let place = gradients + row * width + offsets[index]
          if case .category(let count) = feature.kind {
            if let category = Self.category(value, of: count) {
              result.logLengthScales[index] -= place[category] / (lengthScales[index] * 2.0.squareRoot())
            }
            continue
          }
          let warp = warps?[index].derivatives(value)
          let warped = warp?.value ?? min(max(value, 0), 1)
          let byWarped: Double
          if feature.isConditional {
            let pulled = arc.pullback(warped, (place[0], place[1]))
            byWarped = pulled.input
            result.logLengthScales[index] += pulled.logLengthScale
            result.logInactiveDistances[index] += pulled.logOmega
          } else {
            byWarped = place[0] / lengthScales[index]
            result.logLengthScales[index] -= place[0] * (warped - 0.5) / lengthScales[index]
          }
          if let warp {
            result.logA[index] += byWarped * warp.logA
            result.logB[index] += byWarped * warp.logB
          }
        }
      }
    }
    return result
  }

  /// w(x) and w'(x) of a number.
  private func warpSlope(_ x: Double, feature: Int) -> (Double, Double) {
    guard let warp = warps?[feature], warp != .identity else { return (min(max(x, 0), 1), 1) }
    let derivatives = warp.derivatives(x)
    return (derivatives.value, derivatives.input)
  }
}

/// Derivatives with respect to the logarithms of the hyperparameters of an embedding, one for every feature.
struct ParameterGradients {
  var logLengthScales, logInactiveDistances, logA, logB: [Double]

  init(count: Int) {
    let zeros = Array(repeating: 0.0, count: count)
    (logLengthScales, logInactiveDistances, logA, logB) = (zeros, zeros, zeros, zeros)
  }
}
