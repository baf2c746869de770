import Foundation
import StudyModel
import Tensors

/// Images of 10 x 10 pixels in the IDX format, one half with a plus and the other with a cross, somewhere near the
/// middle.
struct ShapeImages {
  let rows: Int

  private static let side = 10

  /// Writes `images` and `labels` into a folder.
  func write(to folder: TemporaryFolder) throws {
    let side = Self.side
    let key = RandomKey(seed: 4)
    let places = Vector<Double>.normal(key.folded(0), count: 2 * rows)
    let speckle = Vector<Double>.uniform(key.folded(1), count: rows * side * side)
    var images: [UInt8] = []
    for row in 0..<rows {
      var pixels = (0..<(side * side)).map { 90 * speckle[row * side * side + $0] }
      let (top, left) = (Int((4.5 + 1.3 * places[2 * row]).rounded()), Int((4.5 + 1.3 * places[2 * row + 1]).rounded()))
      let shape =
        row % 2 == 0 ? [(0, 0), (0, 1), (0, -1), (1, 0), (-1, 0)] : [(0, 0), (1, 1), (1, -1), (-1, 1), (-1, -1)]
      for (down, right) in shape {
        let (r, c) = (min(max(top + down, 0), side - 1), min(max(left + right, 0), side - 1))
        pixels[r * side + c] += 120
      }
      images += pixels.map { UInt8($0) }
    }
    func bytes(_ count: Int) -> [UInt8] { [0, 0, UInt8(count / 256), UInt8(count % 256)] }
    try write([0, 0, 8, 3] + bytes(rows) + bytes(side) + bytes(side) + images, "\(folder.path)/images")
    try write([0, 0, 8, 1] + bytes(rows) + (0..<rows).map { UInt8($0 % 2) }, "\(folder.path)/labels")
  }

  private func write(_ bytes: [UInt8], _ path: String) throws {
    try Data(bytes).write(to: URL(fileURLWithPath: path))
  }

  /// Maximum likelihood on `train` of them, scored on the others.
  func configuration(train: Int) -> SweepConfiguration {
    var result = SweepConfiguration()
    var data = DataConfiguration()
    var idx = DataConfiguration.IDX()
    (idx.images, idx.labels) = ("images", "labels")
    data.idx = idx
    data.standardize.inputs = false
    data.split.fraction = Double(rows - train) / Double(rows)
    result.data = data
    result.model.likelihood.kind = .categorical
    result.model.hidden = [16]
    result.inference.method = .maximumLikelihood
    result.inference.evaluationSamples = 5
    result.training.batchSize = 20
    result.training.learningRate = 0.01
    result.objective.metric = "nll"
    result.objective.goal = .minimize
    return result
  }
}
