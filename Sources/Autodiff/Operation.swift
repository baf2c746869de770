public import Tensors

/// A function of variables with its kernel and its derivative.
///
/// An operation is a value that holds everything but its operands: sizes, kinds, labels of noise.
public protocol Operation<Scalar>: Sendable {
  associatedtype Scalar: TensorScalar

  /// The shapes of the results. Results that nobody asks for are not computed; an operation can use one as scratch
  /// memory.
  var shapes: [Shape] { get }

  /// Computes the results that are needed.
  func run(_ frame: Frame<Scalar>)

  /// The derivative: from the cotangents of the results those of the inputs, nil where there is none.
  ///
  /// - Parameter cotangents: One for each result; nil where nothing flows back.
  func pullBack(_ call: Call<Scalar>, _ cotangents: [Variable<Scalar>?]) -> [Variable<Scalar>?]

  /// Whether a result can be added to what its memory holds, where `Frame.accumulates` says so.
  func canAccumulate(_ result: Int) -> Bool

  /// The input whose memory a result may be written over while the kernel runs.
  func overwritable(_ result: Int) -> Int?

  /// The input that the one result is a view of, and where it begins there: no kernel runs.
  var view: (input: Int, offset: Int)? { get }

  /// Results that are memory for the kernel alone, and are kept for nobody.
  func isScratch(_ result: Int) -> Bool
}

extension Operation {
  public func canAccumulate(_ result: Int) -> Bool { false }
  public func overwritable(_ result: Int) -> Int? { nil }
  public var view: (input: Int, offset: Int)? { nil }
  public func isScratch(_ result: Int) -> Bool { false }

  /// The results of the operation applied to the inputs.
  public func results(_ inputs: [Variable<Scalar>]) -> [Variable<Scalar>] {
    let node = Node(self, inputs)
    return shapes.indices.map { Variable(node: node, result: $0) }
  }

  /// The results, of which some equal results of earlier operations.
  public func results(
    _ inputs: [Variable<Scalar>], equivalents: [(result: Int, of: Variable<Scalar>)]
  ) -> [Variable<Scalar>] {
    let node = Node(self, inputs, equivalents: equivalents)
    return shapes.indices.map { Variable(node: node, result: $0) }
  }

  /// The first result.
  public func callAsFunction(_ inputs: Variable<Scalar>...) -> Variable<Scalar> { results(inputs)[0] }
}

/// One application of an operation, as its pullback sees it.
public struct Call<Scalar: TensorScalar> {
  public let inputs: [Variable<Scalar>]
  public let results: [Variable<Scalar>]

  init(_ node: Node<Scalar>) {
    inputs = node.inputs
    results = node.shapes.indices.map { Variable(node: node, result: $0) }
  }
}

/// The memory of an operation's inputs and results while its kernel runs.
public struct Frame<Scalar: TensorScalar> {
  let operands: UnsafePointer<UnsafeMutableRawPointer>
  let inputCount: Int
  let needed: UInt64
  let accumulating: UInt64
  /// The run's key.
  public let key: RandomKey

  public func input(_ index: Int) -> UnsafePointer<Scalar> {
    UnsafePointer(operands[index].assumingMemoryBound(to: Scalar.self))
  }

  public func result(_ index: Int) -> UnsafeMutablePointer<Scalar> {
    operands[inputCount + index].assumingMemoryBound(to: Scalar.self)
  }

  /// An input that holds 32-bit indices.
  public func indices(_ index: Int) -> UnsafePointer<Int32> {
    UnsafePointer(operands[index].assumingMemoryBound(to: Int32.self))
  }

  /// A result that holds 32-bit indices.
  public func resultIndices(_ index: Int) -> UnsafeMutablePointer<Int32> {
    operands[inputCount + index].assumingMemoryBound(to: Int32.self)
  }

  public func isNeeded(_ result: Int) -> Bool { needed & (1 << UInt64(result)) != 0 }

  /// Whether the result is to be added to what its memory holds.
  public func accumulates(_ result: Int) -> Bool { accumulating & (1 << UInt64(result)) != 0 }
}

/// An operation in one kernel that equals an expression of simpler ones. Its derivative follows from the expression, unless
/// it has a kernel of its own for that as well.
public protocol FusedOperation<Scalar>: Operation {
  /// The results as expressions of the inputs; nil for results without derivative, and for scratch memory.
  func definition(_ inputs: [Variable<Scalar>]) -> [Variable<Scalar>?]
}

extension FusedOperation {
  public func pullBack(_ call: Call<Scalar>, _ cotangents: [Variable<Scalar>?]) -> [Variable<Scalar>?] {
    pullBackDefinition(call.inputs, cotangents)
  }

  /// The derivative of the definition: the gradient of the inner product of the results with the cotangents.
  public func pullBackDefinition(
    _ inputs: [Variable<Scalar>], _ cotangents: [Variable<Scalar>?]
  ) -> [Variable<Scalar>?] {
    // Stand-ins, so that these are partial derivatives: one input may be computed from another, as the cotangent of an
    // activation is from its output, or be the same.
    let inputs = inputs.map { input in
      input.constantScalar == nil ? View(offset: 0, input: input.shape, shape: input.shape)(input) : input
    }
    let results = definition(inputs)
    var seeds: [(Variable<Scalar>, Variable<Scalar>)] = []
    for (result, cotangent) in zip(results, cotangents) {
      if let result, let cotangent { seeds.append((result, cotangent)) }
    }
    return pulledBack(seeds, to: inputs)
  }
}
