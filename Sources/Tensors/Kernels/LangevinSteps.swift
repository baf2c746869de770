extension TensorScalar {
  @specialized(where Self == Float)
  @specialized(where Self == Double)
  public static func langevinStep(
    _ x: UnsafeMutablePointer<Self>, gradient: UnsafePointer<Self>, gradientScale: Self,
    noise: UnsafePointer<Self>, rate: Self, spread: Self, count: Int
  ) {
    let factor = rate * gradientScale
    for i in 0..<count { x[i] -= factor * gradient[i] + spread * noise[i] }
  }

  @specialized(where Self == Float)
  @specialized(where Self == Double)
  @inline(never)
  public static func preconditionedLangevinStep(
    _ x: UnsafeMutablePointer<Self>, gradient: UnsafePointer<Self>, gradientScale: Self,
    secondMoment: UnsafeMutablePointer<Self>, noise: UnsafePointer<Self>,
    decay: Self, epsilon: Self, rate: Self, spread: Self, count: Int
  ) {
    let rest = 1 - decay
    for i in 0..<count {
      let g = gradientScale * gradient[i]
      let v = decay * secondMoment[i] + rest * (g * g)
      secondMoment[i] = v
      let preconditioner = 1 / (epsilon + sqrt(v))
      x[i] -= rate * preconditioner * g + spread * sqrt(preconditioner) * noise[i]
    }
  }

  @specialized(where Self == Float)
  @specialized(where Self == Double)
  public static func ivonStep(
    mean: UnsafeMutablePointer<Self>, hessian h: UnsafeMutablePointer<Self>, gradient: UnsafePointer<Self>,
    curvature: UnsafePointer<Self>, gradientScale: Self, firstMoment: UnsafeMutablePointer<Self>,
    beta1: Self, beta2: Self, debias: Self, rate: Self, weightDecay: Self, count: Int
  ) {
    let (rest1, rest2) = (1 - beta1, 1 - beta2)
    let half = 0.5 * rest2 * rest2
    for i in 0..<count {
      let m = beta1 * firstMoment[i] + rest1 * gradientScale * gradient[i]
      firstMoment[i] = m
      let f = gradientScale * curvature[i]
      let difference = h[i] - f
      // The last term keeps h + weightDecay positive (Lin, Schmidt and Khan 2020).
      let new = beta2 * h[i] + rest2 * f + half * difference * difference / (h[i] + weightDecay)
      h[i] = new
      mean[i] -= rate * (debias * m + weightDecay * mean[i]) / (new + weightDecay)
    }
  }
}
