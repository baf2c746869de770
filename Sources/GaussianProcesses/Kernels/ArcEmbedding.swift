import Foundation

/// Coordinates of a number that exists in some points only (Swersky, Duvenaud, Snoek, Hutter and Osborne 2013,
/// "Raiders of the Lost Architecture"): the origin where it does not exist, and otherwise a point on an arc around it,
///
///     z(u) = R (cos(u / (l R)), sin(u / (l R))),   R^2 = omega^2 + 1 / (pi l)^2,
///
/// with the (warped) value u in [0, 1]. So a point that has the number is equally far, R, from all that do not; two that
/// have it are 2 R sin(|u - u'| / (2 l R)) apart, which is |u - u'| / l for near ones, and grows with |u - u'| because the
/// arc is at most half a circle. The paper's radius and angle are free of each other; here the length scale keeps its
/// meaning, and omega is the least distance.
struct ArcEmbedding {
  let lengthScale, omega: Double
  let radius: Double

  init(lengthScale: Double, omega: Double) {
    self.lengthScale = lengthScale
    self.omega = omega
    radius = (omega * omega + 1 / (Double.pi * lengthScale * Double.pi * lengthScale)).squareRoot()
  }

  private func angle(_ u: Double) -> Double { u / (lengthScale * radius) }

  func callAsFunction(_ u: Double) -> (Double, Double) {
    let angle = angle(u)
    return (radius * cos(angle), radius * sin(angle))
  }

  /// The derivatives of g . z(u) with respect to u, log l and log omega.
  func pullback(_ u: Double, _ g: (Double, Double)) -> (input: Double, logLengthScale: Double, logOmega: Double) {
    let angle = angle(u)
    let (c, s) = (cos(angle), sin(angle))
    let (radial, tangential) = (g.0 * c + g.1 * s, radius * (g.1 * c - g.0 * s))
    // d log R with respect to log l and log omega; they add up to the weights of R^2's two parts.
    let (byScale, byOmega) = (
      -1 / (Double.pi * Double.pi * lengthScale * lengthScale * radius * radius), omega * omega / (radius * radius)
    )
    return (
      tangential / (lengthScale * radius),
      radial * radius * byScale - tangential * angle * (1 + byScale),
      radial * radius * byOmega - tangential * angle * byOmega
    )
  }
}
