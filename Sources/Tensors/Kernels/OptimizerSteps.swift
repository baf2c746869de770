extension TensorScalar {
  @specialized(where Self == Float)
  @specialized(where Self == Double)
  public static func descentStep(
    _ x: UnsafeMutablePointer<Self>, gradient: UnsafePointer<Self>, gradientScale: Self, rate: Self, count: Int
  ) {
    let factor = rate * gradientScale
    for i in 0..<count { x[i] -= factor * gradient[i] }
  }

  @specialized(where Self == Float)
  @specialized(where Self == Double)
  public static func momentumStep(
    _ x: UnsafeMutablePointer<Self>, gradient: UnsafePointer<Self>, gradientScale: Self,
    velocity: UnsafeMutablePointer<Self>, momentum: Self, rate: Self, count: Int
  ) {
    for i in 0..<count {
      let v = momentum * velocity[i] + gradientScale * gradient[i]
      velocity[i] = v
      x[i] -= rate * v
    }
  }

  @specialized(where Self == Float)
  @specialized(where Self == Double)
  public static func nesterovStep(
    _ x: UnsafeMutablePointer<Self>, gradient: UnsafePointer<Self>, gradientScale: Self,
    velocity: UnsafeMutablePointer<Self>, momentum: Self, rate: Self, count: Int
  ) {
    for i in 0..<count {
      let g = gradientScale * gradient[i]
      let v = momentum * velocity[i] + g
      velocity[i] = v
      x[i] -= rate * (g + momentum * v)
    }
  }

  @specialized(where Self == Float)
  @specialized(where Self == Double)
  @inline(never)
  public static func adamStep(
    _ x: UnsafeMutablePointer<Self>, gradient: UnsafePointer<Self>, gradientScale: Self,
    firstMoment: UnsafeMutablePointer<Self>, secondMoment: UnsafeMutablePointer<Self>,
    beta1: Self, beta2: Self, rate: Self, epsilon: Self, count: Int
  ) {
    let (rest1, rest2) = (1 - beta1, 1 - beta2)
    for i in 0..<count {
      let g = gradientScale * gradient[i]
      let m = beta1 * firstMoment[i] + rest1 * g
      let v = beta2 * secondMoment[i] + rest2 * (g * g)
      firstMoment[i] = m
      secondMoment[i] = v
      x[i] -= rate * m / (sqrt(v) + epsilon)
    }
  }

  @specialized(where Self == Float)
  @specialized(where Self == Double)
  @inline(never)
  public static func adamDecayStep(
    _ x: UnsafeMutablePointer<Self>, gradient: UnsafePointer<Self>, gradientScale: Self,
    firstMoment: UnsafeMutablePointer<Self>, secondMoment: UnsafeMutablePointer<Self>,
    beta1: Self, beta2: Self, rate: Self, epsilon: Self, decay: Self, count: Int
  ) {
    let (rest1, rest2) = (1 - beta1, 1 - beta2)
    for i in 0..<count {
      let g = gradientScale * gradient[i]
      let m = beta1 * firstMoment[i] + rest1 * g
      let v = beta2 * secondMoment[i] + rest2 * (g * g)
      firstMoment[i] = m
      secondMoment[i] = v
      x[i] -= decay * x[i] + rate * m / (sqrt(v) + epsilon)
    }
  }

  @specialized(where Self == Float)
  @specialized(where Self == Double)
  @inline(never)
  public static func rootMeanSquareStep(
    _ x: UnsafeMutablePointer<Self>, gradient: UnsafePointer<Self>, gradientScale: Self,
    secondMoment: UnsafeMutablePointer<Self>, decay: Self, rate: Self, epsilon: Self, count: Int
  ) {
    let rest = 1 - decay
    for i in 0..<count {
      let g = gradientScale * gradient[i]
      let v = decay * secondMoment[i] + rest * (g * g)
      secondMoment[i] = v
      x[i] -= rate * g / (sqrt(v) + epsilon)
    }
  }
}
