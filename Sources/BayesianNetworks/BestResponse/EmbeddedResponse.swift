package import Autodiff
package import Probability
package import Tensors

/// A response to a few learned directions of many hyperparameters: w(h) = r(E (h - centre) + e) with a response r to as
/// many numbers as the embedding has units.
///
/// Before a linear response, with a dense embedding, it is the factorised hypernetwork of the poster "Stochastic
/// hyperparameter optimization through hypernetworks" for a weight decay of every weight: 164,860 parameters for 7,850
/// hyperparameters and ten units. Before a structured response, with a factored one, it has little more parameters than
/// twice the weights, and a step is a small multiple of one of the network itself.
package struct EmbeddedResponse<Scalar: DensityScalar>: BestResponse {
  package enum Embedding: Hashable, Sendable {
    /// A number for each unit and hyperparameter.
    case dense
    /// The hyperparameters lie as the weights of some layers do, with the biases as a last row. Each unit has a number for
    /// each row and each column of a layer, and sees the sum over all layers of a' D b.
    case factored([LayerLayout])
  }

  package let response: any BestResponse<Scalar>
  package let hyperparameterCount: Int
  package let embedding: Embedding
  /// Of the factored embedding.
  private let blocks: [EmbeddedBlock]

  /// - Parameter response: Its hyperparameters are the units of the embedding.
  package init(_ response: any BestResponse<Scalar>, hyperparameters: Int, embedding: Embedding = .dense) {
    self.response = response
    hyperparameterCount = hyperparameters
    self.embedding = embedding
    blocks =
      switch embedding {
      case .dense: []
      case .factored(let layers): EmbeddedBlock.all(layers, hyperparameters: hyperparameters)
      }
  }

  package var units: Int { response.hyperparameterCount }
  package var weightCount: Int { response.weightCount }

  package var parts: [ResponsePart] {
    let ofEmbedding: [ResponsePart] =
      switch embedding {
      case .dense: [ResponsePart("embedding", [units, hyperparameterCount])]
      case .factored:
        [
          ResponsePart("rows of the embedding", [units * blocks.reduce(0) { $0 + $1.rows }]),
          ResponsePart("columns of the embedding", [units * blocks.reduce(0) { $0 + $1.columns }]),
        ]
      }
    return response.parts + ofEmbedding + [ResponsePart("biases of the embedding", [units])]
  }

  package var isRecentrable: Bool { response.isRecentrable }

  /// Each unit starts with numbers like those of a normal direction of length 1.
  package func initialParameters(weights: Vector<Scalar>, key: RandomKey) -> Vector<Scalar> {
    let first = response.initialParameters(weights: weights, key: key.folded(0))
    var parameters = Vector<Scalar>(count: parameterCount)
    let base = parameters.unsafeMutablePointer()
    let count = parameterCount - response.parameterCount - units
    let start = base + first.count
    withExtendedLifetime(first) { Scalar.copy(first.unsafePointer, into: base, count: first.count) }
    Scalar.fillNormal(key.folded(1), offset: 0, into: start, count: count)
    let all = Double(hyperparameterCount)
    switch embedding {
    case .dense: Scalar.scale(start, by: Scalar(1 / all.squareRoot()), count: count)
    case .factored:
      var factors = start
      for block in blocks {
        Scalar.scale(factors, by: Scalar(1 / Double(block.rows).squareRoot()), count: units * block.rows)
        factors += units * block.rows
      }
      for block in blocks {
        let scale = (Double(block.rows) / all).squareRoot()
        Scalar.scale(factors, by: Scalar(scale), count: units * block.columns)
        factors += units * block.columns
      }
    }
    return parameters
  }

  package func weights(distances: Variable<Scalar>, parts: [Variable<Scalar>]) -> [Variable<Scalar>] {
    let own = parts.suffix(from: response.parts.count)
    let products: Variable<Scalar>
    switch embedding {
    case .dense:
      // A row for each unit: the products run along the many hyperparameters.
      products = distances.matrixProduct(own[own.startIndex], transposeB: true)
    case .factored:
      let draws = distances.shape.rows
      products = Variable.concatenated(
        (0..<draws).map { draw in
          factoredProducts(
            distances.slice(from: draw * hyperparameterCount, shape: [hyperparameterCount]),
            rows: own[own.startIndex], columns: own[own.startIndex + 1])
        }
      ).reshaped([draws, units])
    }
    let embedded = products + parts[parts.count - 1].broadcastToRows(of: products.shape)
    return response.weights(distances: embedded, parts: Array(parts.prefix(response.parts.count)))
  }

  /// A number for each unit.
  private func factoredProducts(
    _ distances: Variable<Scalar>, rows: Variable<Scalar>, columns: Variable<Scalar>
  ) -> Variable<Scalar> {
    var (row, column) = (0, 0)
    return .sum(
      of: blocks.map { block in
        let ofRows = rows.slice(from: row, shape: [units, block.rows])
        let ofColumns = columns.slice(from: column, shape: [units, block.columns])
        let matrix = distances.slice(from: block.start, shape: [block.rows, block.columns])
        row += units * block.rows
        column += units * block.columns
        return (ofRows.matrixProduct(matrix) * ofColumns).sumOfColumns()
      })
  }
}

/// Hyperparameters that are a matrix, row-major.
private struct EmbeddedBlock: Hashable, Sendable {
  var start: Int
  var rows: Int
  var columns: Int

  /// Those of the layers, and all between and after them as matrices of one row.
  static func all(_ layers: [LayerLayout], hyperparameters: Int) -> [EmbeddedBlock] {
    var blocks: [EmbeddedBlock] = []
    var end = 0
    for layer in layers {
      precondition(
        layer.start >= end && layer.end <= hyperparameters,
        "the layers do not lie one after another within the \(hyperparameters) hyperparameters")
      if layer.start > end { blocks.append(EmbeddedBlock(start: end, rows: 1, columns: layer.start - end)) }
      blocks.append(EmbeddedBlock(start: layer.start, rows: layer.inputs + 1, columns: layer.outputs))
      end = layer.end
    }
    if end < hyperparameters { blocks.append(EmbeddedBlock(start: end, rows: 1, columns: hyperparameters - end)) }
    return blocks
  }
}
