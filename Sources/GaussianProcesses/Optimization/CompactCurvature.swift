/// The limited-memory BFGS matrix B = theta I - W M W^T in its compact form, W = [Y, theta S] (Byrd, Lu, Nocedal and
/// Zhu 1995, eq. 3.2 to 3.4), and what the bounded search needs of it.
struct CompactCurvature {
  private(set) var theta = 1.0
  private var steps: [[Double]] = []
  private var differences: [[Double]] = []
  private let memory: Int
  /// M^-1 = [-D, L^T; L, theta S^T S], and its factorisation.
  private var middle: [Double] = []
  private var system: LinearSystem?

  init(memory: Int) { self.memory = memory }

  var isEmpty: Bool { steps.isEmpty }
  /// The columns of W.
  var rank: Int { 2 * steps.count }

  mutating func forget() {
    theta = 1
    steps = []
    differences = []
    middle = []
    system = nil
  }

  /// Takes in a step and the difference of the gradients along it; not where the curvature is not clearly positive.
  mutating func add(step s: [Double], difference y: [Double]) {
    let (curvature, square) = (dot(s, y), dot(y, y))
    guard curvature > 2.2e-16 * square, curvature > 0, curvature.isFinite, square.isFinite else { return }
    if steps.count == memory {
      steps.removeFirst()
      differences.removeFirst()
    }
    steps.append(s)
    differences.append(y)
    theta = square / curvature
    let (m, n) = (steps.count, 2 * steps.count)
    middle = Array(repeating: 0, count: n * n)
    for i in 0..<m {
      middle[i * n + i] = -dot(steps[i], differences[i])
      for j in 0..<m {
        middle[(m + i) * n + m + j] = theta * dot(steps[i], steps[j])
        if i > j {
          let entry = dot(steps[i], differences[j])
          middle[(m + i) * n + j] = entry
          middle[j * n + m + i] = entry
        }
      }
    }
    system = LinearSystem(middle, size: n)
    if system == nil { forget() }
  }

  /// Row i of W.
  func row(_ i: Int) -> [Double] { differences.map { $0[i] } + steps.map { theta * $0[i] } }

  /// W^T v
  func transposedProduct(_ v: [Double]) -> [Double] {
    differences.map { dot($0, v) } + steps.map { theta * dot($0, v) }
  }

  /// M v
  func middleProduct(_ v: [Double]) -> [Double] { system?.solve(v) ?? v }

  /// W v
  func product(_ v: [Double], count: Int) -> [Double] {
    var result = Array(repeating: 0.0, count: count)
    let m = steps.count
    for j in 0..<m {
      for i in 0..<count { result[i] += differences[j][i] * v[j] + theta * steps[j][i] * v[m + j] }
    }
    return result
  }

  /// The solution of B_FF d = -r over the free variables, 0 elsewhere (eq. 5.11, by the Sherman-Morrison-Woodbury
  /// formula: d = -r / theta - W_F (M^-1 - W_F^T W_F / theta)^-1 W_F^T r / theta^2). Nil where it is singular.
  func newtonStep(_ residual: [Double], free: [Bool]) -> [Double]? {
    let r = residual.indices.map { free[$0] ? residual[$0] : 0 }
    guard !isEmpty else { return r.map { -$0 / theta } }
    let n = rank
    var matrix = middle
    for i in r.indices where free[i] {
      let w = row(i)
      for a in 0..<n {
        let scaled = w[a] / theta
        for b in 0..<n { matrix[a * n + b] -= scaled * w[b] }
      }
    }
    guard let reduced = LinearSystem(matrix, size: n) else { return nil }
    let correction = product(reduced.solve(transposedProduct(r)), count: r.count)
    return r.indices.map { free[$0] ? -r[$0] / theta - correction[$0] / (theta * theta) : 0 }
  }
}

/// a^T b
func dot(_ a: [Double], _ b: [Double]) -> Double {
  a.withUnsafeBufferPointer { a in
    b.withUnsafeBufferPointer { b in
      var sum = 0.0
      for i in 0..<min(a.count, b.count) { sum += a[i] * b[i] }
      return sum
    }
  }
}
