import Foundation
import Probability
import Tensors
import Testing

/// (f(x + h) - f(x - h)) / 2h
func slope(_ f: (Double) -> Double, at x: Double, h: Double = 1e-5) -> Double { (f(x + h) - f(x - h)) / (2 * h) }

@Suite struct DensityTests {
  /// Computed independently, in double precision.
  @Test func goldenNumbers() {
    #expect(abs(Gaussian(mean: 0.3, scale: 0.2).divergence(from: Gaussian()) - 1.1744379124341) < 1e-12)
    let mixture = GaussianScaleMixture(weight: 0.5, wide: 1, narrow: exp(-7))
    #expect(abs(mixture.logDensity(0) - 5.388825752689) < 1e-11)
    #expect(abs(mixture.logDensity(0.001) - 4.788274483136) < 1e-11)
    #expect(abs(mixture.logDensityDerivative(0.001) + 1200.606810543727) < 1e-9)
    #expect(abs(mixture.logDensity(0.01) + 1.612135713765) < 1e-11)
    #expect(abs(mixture.logDensity(5) + 14.112085713765) < 1e-11)
  }

  @Test func derivativesAreThoseOfTheDensities() {
    let gaussian = Gaussian(mean: 0.5, scale: 0.7)
    let laplace = Laplace(mean: 0.5, scale: 0.7)
    let mixture = GaussianScaleMixture(weight: 0.25, wide: 1.5, narrow: 0.1)
    for x in [-2, -0.3, 0.01, 0.4, 3] as [Double] {
      #expect(abs(gaussian.logDensityDerivative(x) - slope(gaussian.logDensity, at: x)) < 1e-7)
      #expect(abs(laplace.logDensityDerivative(x) - slope(laplace.logDensity, at: x)) < 1e-7)
      #expect(abs(mixture.logDensityDerivative(x) - slope(mixture.logDensity, at: x)) < 1e-5)
    }
    #expect(laplace.logDensityDerivative(0.5) == 0)
  }

  @Test func densitiesIntegrateToOne() {
    let densities: [(Double) -> Double] = [
      Gaussian(mean: 0.2, scale: 0.5).logDensity, Laplace(mean: -0.3, scale: 0.5).logDensity,
      GaussianScaleMixture(weight: 0.3, wide: 1, narrow: 0.05).logDensity,
    ]
    for density in densities {
      let step = 1e-3
      let integral = stride(from: -15.0, to: 15.0, by: step).reduce(0) { $0 + step * exp(density($1)) }
      #expect(abs(integral - 1) < 1e-6)
    }
  }

  /// KL[q || p] in closed form against its integral.
  @Test func divergencesAreIntegrals() {
    for q in [Gaussian(mean: 0.4, scale: 0.3), Gaussian(mean: -2, scale: 1.1), Gaussian(mean: 0, scale: 0.02)] {
      let p = Gaussian(mean: 0.1, scale: 0.8)
      let l = Laplace(mean: 0.1, scale: 0.8)
      var (gaussian, laplace) = (0.0, 0.0)
      let step = q.scale / 2000
      for x in stride(from: q.mean - 12 * q.scale, to: q.mean + 12 * q.scale, by: step) {
        let density = exp(q.logDensity(x))
        gaussian += step * density * (q.logDensity(x) - p.logDensity(x))
        laplace += step * density * (q.logDensity(x) - l.logDensity(x))
      }
      #expect(abs(q.divergence(from: p) - gaussian) < 1e-8)
      #expect(abs(q.divergence(from: l) - laplace) < 1e-6)
    }
    #expect(Gaussian(mean: 1, scale: 2).divergence(from: Gaussian(mean: 1, scale: 2)) == 0)
  }

  @Test func divergenceGradients() {
    let (m, s, b) = (0.4, 0.3, 0.8)
    let gaussian = Gaussian(mean: m, scale: s).divergenceGradient(from: Gaussian(mean: 0.1, scale: b))
    let laplace = Gaussian(mean: m, scale: s).divergenceGradient(from: Laplace(mean: 0.1, scale: b))
    func kl(_ m: Double, _ s: Double, _ b: Double) -> (Double, Double) {
      (
        Gaussian(mean: m, scale: s).divergence(from: Gaussian(mean: 0.1, scale: b)),
        Gaussian(mean: m, scale: s).divergence(from: Laplace(mean: 0.1, scale: b))
      )
    }
    #expect(abs(gaussian.mean - slope({ kl($0, s, b).0 }, at: m)) < 1e-8)
    #expect(abs(gaussian.scale - slope({ kl(m, $0, b).0 }, at: s)) < 1e-8)
    #expect(abs(gaussian.otherScale - slope({ kl(m, s, $0).0 }, at: b)) < 1e-8)
    #expect(abs(laplace.mean - slope({ kl($0, s, b).1 }, at: m)) < 1e-8)
    #expect(abs(laplace.scale - slope({ kl(m, $0, b).1 }, at: s)) < 1e-8)
    #expect(abs(laplace.otherScale - slope({ kl(m, s, $0).1 }, at: b)) < 1e-8)
  }

  @Test func categorical() {
    let shifted = Categorical(logits: [1000, 1001, 1003]).logProbabilities
    let plain = Categorical(logits: [0, 1, 3]).logProbabilities
    #expect(zip(shifted, plain).allSatisfy { abs($0 - $1) < 1e-12 })
    #expect(abs(plain.reduce(0) { $0 + exp($1) } - 1) < 1e-14)
    let gradient = Categorical(logits: [0, 1, 3]).logProbabilityGradient(of: 1)
    for j in 0..<3 {
      let numeric = slope(
        { value in
          var logits: [Double] = [0, 1, 3]
          logits[j] = value
          return Categorical(logits: logits).logProbabilities[1]
        }, at: [0, 1, 3][j])
      #expect(abs(gradient[j] - numeric) < 1e-8)
    }
  }

  @Test func logSumExpHasNoOverflow() {
    #expect(abs(logSumExp([1000, 1000]) - 1000 - log(2)) < 1e-12)
    #expect(logSumExp([-.infinity, -.infinity]) == -.infinity)
    #expect(logSumExp([]) == -.infinity)
    #expect(abs(logSumExp([-.infinity, 3]) - 3) < 1e-15)
    #expect(abs(logMeanExp([2, 2, 2]) - 2) < 1e-15)
    #expect(logSumExp([0, .nan]).isNaN && logSumExp([.nan, 0]).isNaN)
  }
}

/// The buffer kernels against the scalar forms.
@Suite struct DensityKernelTests {
  func check<Scalar: DensityScalar>(_: Scalar.Type, tolerance: Double) {
    let n = 3000
    let x = Vector<Scalar>.normal(RandomKey(seed: 1), count: n)
    let s = Vector<Scalar>.uniform(RandomKey(seed: 2), from: 0.01, to: 1, count: n)
    let (xs, ss) = (x.array.map { Double($0) }, s.array.map { Double($0) })
    let mixture = GaussianScaleMixture(weight: 0.25, wide: 0.8, narrow: 0.02)
    let cases: [((UnsafeMutablePointer<Scalar>?) -> Double, (Double) -> Double, (Double) -> Double)] = [
      (
        { Scalar.gaussianLogDensity(x.unsafePointer, count: n, mean: 0, scale: 0.7, gradient: $0, weight: 0.5) },
        Gaussian(scale: 0.7).logDensity, Gaussian(scale: 0.7).logDensityDerivative
      ),
      (
        { Scalar.laplaceLogDensity(x.unsafePointer, count: n, scale: 0.7, gradient: $0, weight: 0.5) },
        Laplace(scale: 0.7).logDensity, Laplace(scale: 0.7).logDensityDerivative
      ),
      (
        { Scalar.scaleMixtureLogDensity(x.unsafePointer, count: n, mixture: mixture, gradient: $0, weight: 0.5) },
        mixture.logDensity, mixture.logDensityDerivative
      ),
    ]
    for (kernel, density, derivative) in cases {
      var gradient = Vector<Scalar>(repeating: 1, count: n)
      let value = kernel(gradient.unsafeMutablePointer())
      let exact = xs.reduce(0) { $0 + density($1) }
      #expect(abs(value - exact) < tolerance * abs(exact))
      #expect(abs(kernel(nil) - exact) < tolerance * abs(exact))
      for i in 0..<n {
        let expected = 1 + 0.5 * derivative(xs[i])
        #expect(abs(Double(gradient[i]) - expected) < 20 * tolerance * max(1, abs(expected)))
      }
    }
    let divergences:
      [(
        ((UnsafeMutablePointer<Scalar>, UnsafeMutablePointer<Scalar>)?) -> Double, (Gaussian) -> Double,
        (Gaussian) -> (Double, Double)
      )] = [
        (
          {
            Scalar.gaussianDivergence(
              mean: x.unsafePointer, scale: s.unsafePointer, count: n, priorMean: 0, priorScale: 0.7, gradient: $0,
              weight: 0.5)
          },
          { $0.divergence(from: Gaussian(scale: 0.7)) },
          { q in { ($0.mean, $0.scale) }(q.divergenceGradient(from: Gaussian(scale: 0.7))) }
        ),
        (
          {
            Scalar.laplaceDivergence(
              mean: x.unsafePointer, scale: s.unsafePointer, count: n, priorScale: 0.7, gradient: $0, weight: 0.5)
          },
          { $0.divergence(from: Laplace(scale: 0.7)) },
          { q in { ($0.mean, $0.scale) }(q.divergenceGradient(from: Laplace(scale: 0.7))) }
        ),
      ]
    for (kernel, exact, derivative) in divergences {
      var (mean, scale) = (Vector<Scalar>(repeating: 1, count: n), Vector<Scalar>(repeating: 1, count: n))
      let value = kernel((mean.unsafeMutablePointer(), scale.unsafeMutablePointer()))
      let expected = (0..<n).reduce(0) { $0 + exact(Gaussian(mean: xs[$1], scale: ss[$1])) }
      #expect(abs(value - expected) < tolerance * abs(expected))
      #expect(abs(kernel(nil) - expected) < tolerance * abs(expected))
      for i in 0..<n {
        let (m, v) = derivative(Gaussian(mean: xs[i], scale: ss[i]))
        #expect(abs(Double(mean[i]) - (1 + 0.5 * m)) < 20 * tolerance * max(1, abs(m)))
        #expect(abs(Double(scale[i]) - (1 + 0.5 * v)) < 20 * tolerance * max(1, abs(v)))
      }
    }
  }

  @Test func kernelsAgreeWithTheDensities() {
    check(Float.self, tolerance: 1e-6)
    check(Double.self, tolerance: 1e-12)
  }

  /// Narrow components and distant weights: no overflow, no NaN.
  @Test func theMixtureIsStable() {
    let mixture = GaussianScaleMixture(weight: 0.75, wide: 1, narrow: exp(-8))
    for x in [0, 1e-10, -1e-4, 0.01, 3, -40, 1e4] as [Float] {
      let vector = Vector<Float>([x])
      var gradient = Vector<Float>(count: 1)
      let value = Float.scaleMixtureLogDensity(
        vector.unsafePointer, count: 1, mixture: mixture, gradient: gradient.unsafeMutablePointer(), weight: 1)
      #expect(abs(value - mixture.logDensity(Double(x))) < 1e-5 * max(1, abs(value)))
      let slope = mixture.logDensityDerivative(Double(x))
      #expect(abs(Double(gradient[0]) - slope) < 1e-5 * max(1, abs(slope)))
    }
    for weight in [0.0, 1.0] {
      let pure = GaussianScaleMixture(weight: weight, wide: 1, narrow: 0.1)
      let single = Gaussian(scale: weight == 1 ? 1 : 0.1)
      let vector = Vector<Double>([0.3])
      var gradient = Vector<Double>(count: 1)
      let value = Double.scaleMixtureLogDensity(
        vector.unsafePointer, count: 1, mixture: pure, gradient: gradient.unsafeMutablePointer(), weight: 1)
      #expect(abs(value - single.logDensity(0.3)) < 1e-12)
      #expect(abs(gradient[0] - single.logDensityDerivative(0.3)) < 1e-12)
    }
  }

  @Test func crossEntropy() {
    let logits = Vector<Double>([0, 1, 3, 1000, 999, 998])
    let classes: [Int32] = [1, 2]
    var gradient = Vector<Double>(count: 6)
    let value = Double.crossEntropy(
      logits: logits.unsafePointer, classes: classes, rows: 2, columns: 3, gradient: gradient.unsafeMutablePointer(),
      weight: 2)
    let first = Categorical(logits: [0, 1, 3])
    let second = Categorical(logits: [1000, 999, 998])
    #expect(abs(value + first.logProbabilities[1] + second.logProbabilities[2]) < 1e-12)
    let expected = first.logProbabilityGradient(of: 1) + second.logProbabilityGradient(of: 2)
    #expect(zip(gradient.array, expected).allSatisfy { abs($0 + 2 * $1) < 1e-12 })
    #expect(
      abs(
        value
          - Double.crossEntropy(
            logits: logits.unsafePointer, classes: classes, rows: 2, columns: 3, gradient: nil, weight: 0)) < 1e-12)
  }
}
