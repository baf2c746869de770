import Autodiff
import Probability
import Tensors

extension FullCurvature {
  /// The exact Hessian of the negative log likelihood with unit noise: products with unit vectors, as many as there are
  /// parameters for each block of examples.
  static func hessian<Scalar: DensityScalar>(
    _ model: BayesianModel, scope: ParameterScope, parameters: Vector<Scalar>, data: Examples<Scalar>
  ) throws(LaplaceError) -> FullCurvature {
    let n = scope.count
    let block = ForwardProgram<Scalar>.rows(model.network, atMost: min(data.count, 512))
    var (sum, direction, product) = (
      Matrix<Double>(rows: n, columns: n), Vector<Scalar>(count: n), Vector<Scalar>(count: n)
    )
    let total = sum.unsafeMutablePointer()
    let (unit, column) = (direction.unsafeMutablePointer(), product.unsafeMutablePointer())
    let arena = Arena<Scalar>()
    var programs: [(rows: Int, program: Program<Scalar>)] = []
    ForwardPass<Scalar>.forEachBlock(of: data, rows: block) { inputs, targets, rows in
      let program: Program<Scalar>
      if let entry = programs.first(where: { $0.rows == rows.count }) {
        program = entry.program
      } else {
        program = hessianProgram(model, scope: scope, rows: rows.count, arena: arena)
        programs.append((rows.count, program))
      }
      program.bind(input: 0, to: inputs)
      switch targets {
      case .values(let values): program.bind(input: 1, to: values)
      case .classes(let classes): program.bind(input: 1, to: classes)
      }
      let layers = model.network.affineLayers
      for layer in layers { program.bind(input: 2 + layer.index, to: parameters.unsafePointer + layer.start) }
      for (place, layer) in scope.layers.enumerated() {
        let start = scope.range(of: layer).lowerBound
        program.bind(input: 2 + layers.count + place, to: UnsafePointer(unit) + start)
        program.bind(destination: place, to: column + start)
      }
      for i in 0..<n {
        unit[i] = 1
        program.run()
        unit[i] = 0
        Scalar.add(column, to: total + i * n, count: n)
      }
    }
    withExtendedLifetime((direction, product, parameters)) {}
    return try FullCurvature(lower: sum, scope: scope)
  }

  private static func hessianProgram<Scalar: DensityScalar>(
    _ model: BayesianModel, scope: ParameterScope, rows: Int, arena: Arena<Scalar>
  ) -> Program<Scalar> {
    let network = model.network
    let likelihood = model.likelihood == .categorical ? Likelihood.categorical : .gaussian(scale: 1)
    let x = Variable<Scalar>.input([rows, network.inputs], name: "inputs")
    let targets: Variable<Scalar> = likelihood.targetInput(examples: rows, outputs: network.outputs)
    let weights: [Variable<Scalar>] = network.weightInputs()
    let loss = likelihood.negativeLogLikelihood(
      outputs: network.outputs(of: x, weights: weights), targets: targets, examples: rows, logNoise: nil)
    let variables = scope.layers.map { weights[$0.index] }
    let directions = scope.layers.map { Variable<Scalar>.input([$0.parameterCount], name: "\($0.name).direction") }
    let products = hessianVectorProduct(of: loss, withRespectTo: variables, times: directions)
    return Program(
      inputs: [x, targets] + weights + directions, outputs: [], destinations: products, arena: arena)
  }
}

extension ForwardPass {
  /// Calls `body` with the inputs and targets of each block, and its rows.
  static func forEachBlock(
    of data: Examples<Scalar>, rows size: Int,
    _ body: (UnsafePointer<Scalar>, TargetPointer<Scalar>, Range<Int>) -> Void
  ) {
    withExtendedLifetime(data) {
      for start in stride(from: 0, to: data.count, by: size) {
        let rows = start..<min(start + size, data.count)
        let inputs = data.inputs.unsafePointer + start * data.inputs.columns
        switch data.targets {
        case .values(let matrix): body(inputs, .values(matrix.unsafePointer + start * matrix.columns), rows)
        case .classes(let classes):
          classes.withUnsafeBufferPointer { memory in
            body(inputs, .classes(memory.baseAddress.unsafelyUnwrapped + start), rows)
          }
        }
      }
    }
  }
}
