public import Tensors

/// The map from encoded points (D coordinates, NaN where one does not exist) to E coordinates z, in which the kernel is
/// a function of the distance alone. Any kernel of a Euclidean distance that is positive definite stays so: also over
/// conditional spaces.
///
/// - A number x: (w(x) - 1/2) / l, with the warp w and the length scale l.
/// - A number that may not exist: two coordinates; see `ArcEmbedding`.
/// - A category: one coordinate for each, so that different categories are 1 / l apart: the Hamming distance. Where it
///   does not exist: the origin, 1 / (l sqrt 2) from all categories.
public struct InputEmbedding: Hashable, Sendable {
  public let features: [InputFeature]
  /// l, one for every feature.
  public let lengthScales: [Double]
  /// omega, one for every feature; used by conditional numbers.
  public let inactiveDistances: [Double]
  /// One for every feature, used by numbers; nil: none.
  public let warps: [KumaraswamyWarp]?
  /// E, at least 1.
  public let width: Int
  /// Where the coordinates of every feature begin.
  let offsets: [Int]

  public init(_ features: [InputFeature], _ hyperparameters: Hyperparameters) {
    precondition(
      hyperparameters.lengthScales.count == features.count && hyperparameters.inactiveDistances.count == features.count
        && (hyperparameters.warps?.count ?? features.count) == features.count,
      "hyperparameters of \(hyperparameters.lengthScales.count) features do not fit \(features.count)")
    self.features = features
    lengthScales = hyperparameters.lengthScales
    inactiveDistances = hyperparameters.inactiveDistances
    warps = hyperparameters.warps
    var end = 0
    offsets = features.map { feature in
      let start = end
      end += feature.embeddedWidth
      return start
    }
    width = max(1, end)
  }

  /// z of q points (q x D): q x E.
  public func embed(_ points: Matrix<Double>) -> Matrix<Double> {
    checkWidth(points)
    var result = Matrix<Double>(rows: points.rows, columns: width)
    let (x, z) = (points.unsafePointer, result.unsafeMutablePointer())
    withExtendedLifetime((points, result)) {
      for (index, feature) in features.enumerated() {
        let (source, target) = (x + index, z + offsets[index])
        switch feature.kind {
        case .category(let count):
          let distance = 1 / (lengthScales[index] * 2.0.squareRoot())
          for row in 0..<points.rows {
            if let category = Self.category(source[row * features.count], of: count) {
              target[row * width + category] = distance
            }
          }
        case .number:
          let warp = warps?[index] ?? .identity
          if feature.isConditional {
            let arc = ArcEmbedding(lengthScale: lengthScales[index], omega: inactiveDistances[index])
            for row in 0..<points.rows where !source[row * features.count].isNaN {
              (target[row * width], target[row * width + 1]) = arc(warp(source[row * features.count]))
            }
          } else {
            for row in 0..<points.rows where !source[row * features.count].isNaN {
              target[row * width] = (warp(source[row * features.count]) - 0.5) / lengthScales[index]
            }
          }
        }
      }
    }
    return result
  }

  /// The category that a number stands for; nil where there is none.
  static func category(_ value: Double, of count: Int) -> Int? {
    value >= 0 && value < Double(count) ? Int(value) : nil
  }

  func checkWidth(_ points: Matrix<Double>) {
    precondition(
      points.columns == features.count, "points of \(points.columns) coordinates have no place among \(features.count)")
  }
}

extension InputFeature {
  /// The number of coordinates in the embedding.
  var embeddedWidth: Int {
    switch kind {
    case .number: isConditional ? 2 : 1
    case .category(let count): count
    }
  }
}
