/// The number type of tensors: Float for networks, Double for Gaussian processes, evidence and checks.
///
/// The vector kernels are requirements with default implementations, so that each type has its own compiled version:
/// generic code in another module pays one call through the witness table for a buffer, not for an element. All loops
/// are free of branches. Sums are taken in a fixed order, so that equal inputs give equal bits. Unless a kernel says
/// otherwise, an output may be the same memory as an input, and must not overlap it in any other way.
public protocol TensorScalar: BinaryFloatingPoint, SIMDScalar, Codable, Sendable {
  // MARK: Elementary functions of one number

  static func exp(_ x: Self) -> Self
  /// exp(x) - 1 without cancellation near 0.
  static func expm1(_ x: Self) -> Self
  static func log(_ x: Self) -> Self
  /// log(1 + x) for 0 <= x <= 1, without cancellation near 0.
  static func log1p(_ x: Self) -> Self
  static func tanh(_ x: Self) -> Self
  static func erf(_ x: Self) -> Self
  /// The square root, in a form that vectorises.
  static func sqrt(_ x: Self) -> Self
  /// Sine and cosine of 2 pi turn / 2^32.
  static func sinCos(turn: UInt32) -> (sin: Self, cos: Self)
  /// A number in [0, 1) from 64 random bits.
  static func unit(_ high: UInt32, _ low: UInt32) -> Self
  /// A number in (0, 1] from 32 random bits, never 0, so that its logarithm is finite.
  static func positiveUnit(_ bits: UInt32) -> Self

  // MARK: Elementwise kernels

  /// y = x, in double precision.
  static func widen(_ x: UnsafePointer<Self>, into y: UnsafeMutablePointer<Double>, count: Int)
  /// y = value. In generic code the pointers' own `update` goes element by element through the type's witnesses.
  static func fill(_ y: UnsafeMutablePointer<Self>, with value: Self, count: Int)
  /// y = x, for memory that does not overlap.
  static func copy(_ x: UnsafePointer<Self>, into y: UnsafeMutablePointer<Self>, count: Int)

  static func exp(_ x: UnsafePointer<Self>, into y: UnsafeMutablePointer<Self>, count: Int)
  static func log(_ x: UnsafePointer<Self>, into y: UnsafeMutablePointer<Self>, count: Int)
  /// y = softplus(x) = max(x, 0) + log1p(exp(-|x|))
  static func softplus(_ x: UnsafePointer<Self>, into y: UnsafeMutablePointer<Self>, count: Int)
  static func sigmoid(_ x: UnsafePointer<Self>, into y: UnsafeMutablePointer<Self>, count: Int)
  static func tanh(_ x: UnsafePointer<Self>, into y: UnsafeMutablePointer<Self>, count: Int)
  static func relu(_ x: UnsafePointer<Self>, into y: UnsafeMutablePointer<Self>, count: Int)
  static func square(_ x: UnsafePointer<Self>, into y: UnsafeMutablePointer<Self>, count: Int)

  /// gradient *= f'(x), with f' taken from the output y = f(x).
  static func softplusGradient(output y: UnsafePointer<Self>, _ gradient: UnsafeMutablePointer<Self>, count: Int)
  static func sigmoidGradient(output y: UnsafePointer<Self>, _ gradient: UnsafeMutablePointer<Self>, count: Int)
  static func tanhGradient(output y: UnsafePointer<Self>, _ gradient: UnsafeMutablePointer<Self>, count: Int)
  static func reluGradient(output y: UnsafePointer<Self>, _ gradient: UnsafeMutablePointer<Self>, count: Int)

  /// y *= a
  static func scale(_ y: UnsafeMutablePointer<Self>, by a: Self, count: Int)
  /// y += a x
  static func axpy(_ a: Self, _ x: UnsafePointer<Self>, _ y: UnsafeMutablePointer<Self>, count: Int)
  /// z += a x y, elementwise
  static func multiplyAdd(
    _ a: Self, _ x: UnsafePointer<Self>, _ y: UnsafePointer<Self>, _ z: UnsafeMutablePointer<Self>, count: Int)

  // MARK: Rows and columns of a row-major matrix

  /// Every row of y (rows x columns) += bias.
  static func addRow(_ bias: UnsafePointer<Self>, to y: UnsafeMutablePointer<Self>, rows: Int, columns: Int)
  /// Every row of y (rows x columns) = bias.
  static func setRows(_ bias: UnsafePointer<Self>, of y: UnsafeMutablePointer<Self>, rows: Int, columns: Int)
  /// out[j] = sum over i of x[i, j], from the first row to the last.
  static func columnSums(_ x: UnsafePointer<Self>, rows: Int, columns: Int, into out: UnsafeMutablePointer<Self>)

  // MARK: Sums, in a fixed order

  static func sum(_ x: UnsafePointer<Self>, count: Int) -> Double
  static func sumOfSquares(_ x: UnsafePointer<Self>, count: Int) -> Double
  /// The sum of log(x).
  static func sumOfLogs(_ x: UnsafePointer<Self>, count: Int) -> Double
  /// True when no number is NaN or infinite.
  static func allFinite(_ x: UnsafePointer<Self>, count: Int) -> Bool

  // MARK: Random numbers; element i depends on the key and on `offset + i` alone

  /// Standard normal numbers (Box and Muller). Double is the same draw as Float, with more digits.
  static func fillNormal(_ key: RandomKey, offset: Int, into out: UnsafeMutablePointer<Self>, count: Int)
  /// Uniform numbers in [0, 1).
  static func fillUniform(_ key: RandomKey, offset: Int, into out: UnsafeMutablePointer<Self>, count: Int)
  /// Signs, +1 or -1 with equal probability.
  static func fillRademacher(_ key: RandomKey, offset: Int, into out: UnsafeMutablePointer<Self>, count: Int)

  // MARK: Reparameterised Gaussians

  /// w = mean + scale * noise
  static func reparameterize(
    mean: UnsafePointer<Self>, scale: UnsafePointer<Self>, noise: UnsafePointer<Self>,
    into w: UnsafeMutablePointer<Self>, count: Int)
  /// The pullback of `reparameterize`: meanGradient += g, scaleGradient += g * noise; or = where they are to be
  /// overwritten.
  static func reparameterizeGradient(
    _ g: UnsafePointer<Self>, noise: UnsafePointer<Self>, mean meanGradient: UnsafeMutablePointer<Self>,
    scale scaleGradient: UnsafeMutablePointer<Self>, overwrite: Bool, count: Int)
  /// a = mean + sqrt(variance + floor) * noise; local reparameterisation of activations.
  static func reparameterize(
    mean: UnsafePointer<Self>, variance: UnsafePointer<Self>, floor: Self, noise: UnsafePointer<Self>,
    into a: UnsafeMutablePointer<Self>, count: Int)
  /// The derivative of the above with respect to the variance: out = g * noise / (2 sqrt(variance + floor)).
  static func reparameterizeVarianceGradient(
    _ g: UnsafePointer<Self>, variance: UnsafePointer<Self>, floor: Self, noise: UnsafePointer<Self>,
    into out: UnsafeMutablePointer<Self>, count: Int)

  // MARK: Optimisers

  /// One step of Adam (Kingma and Ba 2015, algorithm 1): gradient g = gradientScale * gradient;
  /// m = beta1 m + (1 - beta1) g; v = beta2 v + (1 - beta2) g^2; x -= rate * m / (sqrt(v) + epsilon),
  /// where `rate` and `epsilon` carry the bias corrections.
  static func adamStep(
    _ x: UnsafeMutablePointer<Self>, gradient: UnsafePointer<Self>, gradientScale: Self,
    firstMoment: UnsafeMutablePointer<Self>, secondMoment: UnsafeMutablePointer<Self>,
    beta1: Self, beta2: Self, rate: Self, epsilon: Self, count: Int)
  /// One step of gradient descent with momentum: v = momentum v + gradientScale * gradient; x -= rate v.
  static func momentumStep(
    _ x: UnsafeMutablePointer<Self>, gradient: UnsafePointer<Self>, gradientScale: Self,
    velocity: UnsafeMutablePointer<Self>, momentum: Self, rate: Self, count: Int)

  // MARK: BLAS

  /// C <- alpha op(A) op(B) + beta C, row-major. See `BLAS.gemm`.
  static func gemm(
    transposeA: Bool, transposeB: Bool, m: Int, n: Int, k: Int,
    alpha: Self, _ a: UnsafePointer<Self>, lda: Int, _ b: UnsafePointer<Self>, ldb: Int,
    beta: Self, _ c: UnsafeMutablePointer<Self>, ldc: Int)
}
