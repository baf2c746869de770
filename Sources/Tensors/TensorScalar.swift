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
  /// The logarithm of the uniform number (floor(bits / 2) + 1/2) 2^-31, which is never 0.
  static func logUnit(_ bits: UInt32) -> Self
  /// x = significand 2^exponent with a significand in [1, 2), for a finite x > 0. The logarithm of the significand is
  /// that of x where x is 0, infinite or NaN, and NaN where x is negative.
  static func binaryParts(_ x: Self) -> (significand: Self, exponent: Self)

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
  /// y = x Phi(x), with the standard normal distribution function Phi (Hendrycks and Gimpel 2016); not the fit with tanh.
  static func gelu(_ x: UnsafePointer<Self>, into y: UnsafeMutablePointer<Self>, count: Int)

  /// gradient *= f'(x), with f' taken from the output y = f(x).
  static func softplusGradient(output y: UnsafePointer<Self>, _ gradient: UnsafeMutablePointer<Self>, count: Int)
  static func sigmoidGradient(output y: UnsafePointer<Self>, _ gradient: UnsafeMutablePointer<Self>, count: Int)
  static func tanhGradient(output y: UnsafePointer<Self>, _ gradient: UnsafeMutablePointer<Self>, count: Int)
  static func reluGradient(output y: UnsafePointer<Self>, _ gradient: UnsafeMutablePointer<Self>, count: Int)
  /// gradient *= Phi(x) + x phi(x): the derivative of `gelu`, from its input, because it does not increase everywhere.
  static func geluGradient(input x: UnsafePointer<Self>, _ gradient: UnsafeMutablePointer<Self>, count: Int)

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
  /// out[j] = sum over i of x[i, j].
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
  /// The same with the noise taken from the sample: noise = (w - mean) / scale. Where the scale is so small that w is
  /// rounded, that is the noise of the w that was used, which rounding to the nearest makes at most twice the noise
  /// drawn.
  static func reparameterizeGradient(
    _ g: UnsafePointer<Self>, sample w: UnsafePointer<Self>, mean: UnsafePointer<Self>, scale: UnsafePointer<Self>,
    mean meanGradient: UnsafeMutablePointer<Self>, scale scaleGradient: UnsafeMutablePointer<Self>, overwrite: Bool,
    count: Int)
  /// a = mean + sqrt(variance + floor) * noise; local reparameterisation of activations.
  static func reparameterize(
    mean: UnsafePointer<Self>, variance: UnsafePointer<Self>, floor: Self, noise: UnsafePointer<Self>,
    into a: UnsafeMutablePointer<Self>, count: Int)
  /// The derivative of the above with respect to the variance: out = g * noise / (2 sqrt(variance + floor)).
  static func reparameterizeVarianceGradient(
    _ g: UnsafePointer<Self>, variance: UnsafePointer<Self>, floor: Self, noise: UnsafePointer<Self>,
    into out: UnsafeMutablePointer<Self>, count: Int)

  // MARK: Optimisers and Markov chains; in all of them the gradient g is gradientScale * gradient

  /// One step of gradient descent: x -= rate g.
  static func descentStep(
    _ x: UnsafeMutablePointer<Self>, gradient: UnsafePointer<Self>, gradientScale: Self, rate: Self, count: Int)
  /// One step of gradient descent with momentum: v = momentum v + g; x -= rate v.
  static func momentumStep(
    _ x: UnsafeMutablePointer<Self>, gradient: UnsafePointer<Self>, gradientScale: Self,
    velocity: UnsafeMutablePointer<Self>, momentum: Self, rate: Self, count: Int)
  /// One step with Nesterov's momentum: v = momentum v + g; x -= rate (g + momentum v).
  static func nesterovStep(
    _ x: UnsafeMutablePointer<Self>, gradient: UnsafePointer<Self>, gradientScale: Self,
    velocity: UnsafeMutablePointer<Self>, momentum: Self, rate: Self, count: Int)
  /// One step of Adam (Kingma and Ba 2015, algorithm 1): m = beta1 m + (1 - beta1) g; v = beta2 v + (1 - beta2) g^2;
  /// x -= rate * m / (sqrt(v) + epsilon), where `rate` and `epsilon` carry the bias corrections.
  static func adamStep(
    _ x: UnsafeMutablePointer<Self>, gradient: UnsafePointer<Self>, gradientScale: Self,
    firstMoment: UnsafeMutablePointer<Self>, secondMoment: UnsafeMutablePointer<Self>,
    beta1: Self, beta2: Self, rate: Self, epsilon: Self, count: Int)
  /// `adamStep` with x -= decay * x besides (Loshchilov and Hutter 2019, algorithm 2).
  static func adamDecayStep(
    _ x: UnsafeMutablePointer<Self>, gradient: UnsafePointer<Self>, gradientScale: Self,
    firstMoment: UnsafeMutablePointer<Self>, secondMoment: UnsafeMutablePointer<Self>,
    beta1: Self, beta2: Self, rate: Self, epsilon: Self, decay: Self, count: Int)
  /// One step of RMSProp: v = decay v + (1 - decay) g^2; x -= rate * g / (sqrt(v) + epsilon).
  static func rootMeanSquareStep(
    _ x: UnsafeMutablePointer<Self>, gradient: UnsafePointer<Self>, gradientScale: Self,
    secondMoment: UnsafeMutablePointer<Self>, decay: Self, rate: Self, epsilon: Self, count: Int)
  /// One step of Langevin dynamics: x -= rate g + spread noise.
  static func langevinStep(
    _ x: UnsafeMutablePointer<Self>, gradient: UnsafePointer<Self>, gradientScale: Self,
    noise: UnsafePointer<Self>, rate: Self, spread: Self, count: Int)
  /// One step of preconditioned Langevin dynamics (Li et al. 2016, algorithm 1): v = decay v + (1 - decay) g^2;
  /// G = 1 / (epsilon + sqrt(v)); x -= rate G g + spread sqrt(G) noise.
  static func preconditionedLangevinStep(
    _ x: UnsafeMutablePointer<Self>, gradient: UnsafePointer<Self>, gradientScale: Self,
    secondMoment: UnsafeMutablePointer<Self>, noise: UnsafePointer<Self>,
    decay: Self, epsilon: Self, rate: Self, spread: Self, count: Int)
  /// One step of IVON (Shen et al. 2024, algorithm 1), with f = gradientScale * curvature, p = 1 - beta2 and d =
  /// weightDecay: m = beta1 m + (1 - beta1) g; h = beta2 h + p f + p^2 (h - f)^2 / (2 (h + d));
  /// mean -= rate (debias m + d mean) / (h + d).
  static func ivonStep(
    mean: UnsafeMutablePointer<Self>, hessian h: UnsafeMutablePointer<Self>, gradient: UnsafePointer<Self>,
    curvature: UnsafePointer<Self>, gradientScale: Self, firstMoment: UnsafeMutablePointer<Self>,
    beta1: Self, beta2: Self, debias: Self, rate: Self, weightDecay: Self, count: Int)

  // MARK: Averages of iterates

  /// mean += weight (x - mean): with weight 1 / n the mean of n numbers.
  static func runningMean(
    _ x: UnsafePointer<Self>, mean: UnsafeMutablePointer<Self>, weight: Self, count: Int)
  /// `runningMean`, and with d = x - mean before it, variance = (1 - weight) (variance + weight d^2): with weight 1 / n
  /// the mean squared deviation of n numbers from their mean, which this form never makes negative.
  static func runningMoments(
    _ x: UnsafePointer<Self>, mean: UnsafeMutablePointer<Self>, variance: UnsafeMutablePointer<Self>, weight: Self,
    count: Int)
  /// y = a - b
  static func subtract(
    _ a: UnsafePointer<Self>, _ b: UnsafePointer<Self>, into y: UnsafeMutablePointer<Self>, count: Int)
  /// y = a / b
  static func divide(
    _ a: UnsafePointer<Self>, _ b: UnsafePointer<Self>, into y: UnsafeMutablePointer<Self>, count: Int)
  /// y = sqrt(x)
  static func sqrt(_ x: UnsafePointer<Self>, into y: UnsafeMutablePointer<Self>, count: Int)
  /// y = inverseSoftplus(x), for x > 0.
  static func inverseSoftplus(_ x: UnsafePointer<Self>, into y: UnsafeMutablePointer<Self>, count: Int)
  /// The sum of a b.
  static func dot(_ a: UnsafePointer<Self>, _ b: UnsafePointer<Self>, count: Int) -> Double

  // MARK: BLAS, row-major; see `BLAS`, which has defaults

  /// C <- alpha op(A) op(B) + beta C
  static func gemm(
    transposeA: Bool, transposeB: Bool, m: Int, n: Int, k: Int,
    alpha: Self, _ a: UnsafePointer<Self>, lda: Int, _ b: UnsafePointer<Self>, ldb: Int,
    beta: Self, _ c: UnsafeMutablePointer<Self>, ldc: Int)
  /// y <- alpha op(A) x + beta y
  static func gemv(
    transpose: Bool, m: Int, n: Int, alpha: Self, _ a: UnsafePointer<Self>, lda: Int, _ x: UnsafePointer<Self>,
    beta: Self, _ y: UnsafeMutablePointer<Self>)
  /// C <- alpha op(A) op(A)^T + beta C, the lower triangle alone
  static func syrk(
    transpose: Bool, n: Int, k: Int, alpha: Self, _ a: UnsafePointer<Self>, lda: Int, beta: Self,
    _ c: UnsafeMutablePointer<Self>, ldc: Int)
  /// B <- alpha op(L)^-1 B, or alpha B op(L)^-1
  static func trsm(
    right: Bool, transpose: Bool, m: Int, n: Int, alpha: Self, lower l: UnsafePointer<Self>, ldl: Int,
    _ b: UnsafeMutablePointer<Self>, ldb: Int)
  /// Copies the lower triangle of the n x n matrix onto its upper one.
  static func mirrorLowerTriangle(_ c: UnsafeMutablePointer<Self>, n: Int)

  // MARK: LAPACK, row-major; see `Matrix`, which has what is built on these. They return LAPACK's `info`, 0 for success

  /// A <- L with A = L L^T and zeros above the diagonal; only the lower triangle of A is read. A positive result p: the
  /// leading minor of order p is not positive definite.
  static func potrf(_ a: UnsafeMutablePointer<Self>, n: Int) -> Int
  /// A <- (L L^T)^-1, both triangles, from L.
  static func potri(_ a: UnsafeMutablePointer<Self>, n: Int) -> Int
  /// The eigenvalues of the symmetric A, ascending; row i of A becomes the eigenvector of the i-th. Only the lower
  /// triangle of A is read.
  static func syevd(_ a: UnsafeMutablePointer<Self>, n: Int, values: UnsafeMutablePointer<Self>) -> Int
  /// A = U S V^T with U of m x r, V^T of r x n and r = min(m, n) singular values, descending. A is overwritten.
  static func gesdd(
    _ a: UnsafeMutablePointer<Self>, m: Int, n: Int, u: UnsafeMutablePointer<Self>, values: UnsafeMutablePointer<Self>,
    vt: UnsafeMutablePointer<Self>
  ) -> Int
}
