import Tensors

extension DensityScalar {
  @specialized(where Self == Float)
  @specialized(where Self == Double)
  public static func gaussianDivergence(
    mean: UnsafePointer<Self>, scale: UnsafePointer<Self>, count: Int, priorMean: Double, priorScale: Double,
    gradient: (mean: UnsafeMutablePointer<Self>, scale: UnsafeMutablePointer<Self>)?, weight: Double
  ) -> Double {
    let precision = 1 / (priorScale * priorScale)
    if let gradient {
      let (p, w, center) = (Self(weight * precision), Self(weight), Self(priorMean))
      let (meanGradient, scaleGradient) = gradient
      for i in 0..<count {
        meanGradient[i] = meanGradient[i].addingProduct(p, mean[i] - center)
        scaleGradient[i] += p * scale[i] - w / scale[i]
      }
    }
    // (mean^2 + scale^2) / 2 priorScale^2 - log scale, the logarithm in two parts
    let (half, center, log2) = (Self(0.5 * precision), Self(priorMean), Self(0.693_147_180_559_945_3))
    let sums = blockSums(count: count) { start, n, terms, significands in
      let (mean, scale) = (mean + start, scale + start)
      for i in 0..<n {
        let distance = mean[i] - center
        let (significand, exponent) = binaryParts(scale[i])
        significands[i] = significand
        terms[i] = half * (distance * distance).addingProduct(scale[i], scale[i]) - log2 * exponent
      }
    }
    return Double(count) * (logarithm(priorScale) - 0.5) + sums.terms - sums.logs
  }

  @specialized(where Self == Float)
  @specialized(where Self == Double)
  public static func laplaceDivergence(
    mean: UnsafePointer<Self>, scale: UnsafePointer<Self>, count: Int, priorScale: Double,
    gradient: (mean: UnsafeMutablePointer<Self>, scale: UnsafeMutablePointer<Self>)?, weight: Double
  ) -> Double {
    // E|w| = scale sqrt(2 / pi) exp(-t^2) + mean erf(t) with t = mean / (scale sqrt 2)
    let rootHalf = Self(0.5.squareRoot())
    let rootTwoOverPi = Self((2 / Double.pi).squareRoot())
    let (slope, w) = (Self(weight / priorScale), Self(weight))
    let magnitudes = blockSum(count: count) { start, n, scratch in
      let (mean, scale) = (mean + start, scale + start)
      if let gradient {
        let (meanGradient, scaleGradient) = (gradient.mean + start, gradient.scale + start)
        for i in 0..<n {
          let t = mean[i] * rootHalf / scale[i]
          let sign = erf(t)
          let bell = rootTwoOverPi * boundedExp(t * t)
          scratch[i] = scale[i] * bell + mean[i] * sign
          meanGradient[i] = meanGradient[i].addingProduct(slope, sign)
          scaleGradient[i] += slope * bell - w / scale[i]
        }
      } else {
        for i in 0..<n {
          let t = mean[i] * rootHalf / scale[i]
          scratch[i] = scale[i] * rootTwoOverPi * boundedExp(t * t) + mean[i] * erf(t)
        }
      }
    }
    return Double(count) * (logarithm(2 * priorScale) - logRootTwoPi - 0.5) - sumOfLogs(scale, count: count)
      + magnitudes / priorScale
  }

  @specialized(where Self == Float)
  @specialized(where Self == Double)
  public static func entropyGradient(
    scale: UnsafePointer<Self>, _ gradient: UnsafeMutablePointer<Self>, weight: Double, count: Int
  ) {
    let w = Self(weight)
    for i in 0..<count { gradient[i] -= w / scale[i] }
  }
}
