import ArgumentParser
import BayesianNetworks
import Datasets
import Foundation
import Tensors

/// The training images of MNIST, from which a study takes its training images and its other ones.
struct PosterImages {
  private let data: Dataset
  private let classes: [Int]

  var count: Int { classes.count }

  /// - Parameter folder: Holds `mnist/` with the two files of the training images.
  init(folder: String?, images count: Int) throws {
    guard let folder = folder ?? ProcessInfo.processInfo.environment["HPSEARCH_DATA"] else {
      throw ValidationError("MNIST is needed: name the folder that holds mnist/ with --data or HPSEARCH_DATA")
    }
    let path = folder + "/mnist/train-"
    data = try IDXReader(limit: count).read(
      images: path + "images-idx3-ubyte.gz", labels: path + "labels-idx1-ubyte.gz")
    guard case .classes(let classes, let names) = data.target, names.count == PosterProblem.outputs,
      data.rows == count
    else {
      throw ValidationError("\(path)* hold \(data.rows) images; \(count) of ten classes are needed")
    }
    self.classes = classes
  }

  /// Pixels from 0 to 1, and the classes.
  func classified(_ rows: Range<Int>) -> Examples<Float> {
    let chosen = Array(rows)
    return Examples(
      inputs: Matrix(data.inputs.floats(rows: chosen), rows: chosen.count, columns: data.inputs.columns),
      targets: .classes(chosen.map { Int32(classes[$0]) }))
  }

  /// Pixels from 0 to 1, and one-hot classes.
  func examples(_ rows: Range<Int>) -> Examples<Float> {
    let chosen = Array(rows)
    var targets = Matrix<Float>(rows: chosen.count, columns: PosterProblem.outputs)
    for (place, row) in chosen.enumerated() { targets[place, classes[row]] = 1 }
    return Examples(
      inputs: Matrix(data.inputs.floats(rows: chosen), rows: chosen.count, columns: data.inputs.columns),
      targets: .values(targets))
  }
}

extension Examples {
  /// The inputs with a 1 for the bias at the end of each row.
  func inputsWithOnes<Wide: TensorScalar>(as type: Wide.Type) -> Matrix<Wide> {
    var result = Matrix<Wide>(repeating: 1, rows: count, columns: inputs.columns + 1)
    let memory = result.unsafeMutablePointer()
    for row in 0..<count {
      for column in 0..<inputs.columns {
        memory[row * (inputs.columns + 1) + column] = Wide(Double(inputs[row, column]))
      }
    }
    return result
  }

  /// The targets where they are numbers.
  func targetValues<Wide: TensorScalar>(as type: Wide.Type) -> Matrix<Wide> {
    guard case .values(let values) = targets else { preconditionFailure("the targets are classes") }
    return Matrix(values.elements.doubles.map { Wide($0) }, rows: values.rows, columns: values.columns)
  }
}
