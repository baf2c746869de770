import Tensors

/// The sum of arrays of one size. A program lets operations that can add to memory write into the sum at once.
struct Sum<Scalar: TensorScalar>: Operation {
  let shape: Shape
  let terms: Int

  var shapes: [Shape] { [shape] }

  func run(_ frame: Frame<Scalar>) {
    preconditionFailure("sums are run by the program")
  }

  func pullBack(_ call: Call<Scalar>, _ cotangents: [Variable<Scalar>?]) -> [Variable<Scalar>?] {
    Array(repeating: cotangents[0], count: terms)
  }
}

extension Variable {
  /// The sum of variables of one size.
  package static func sum(of terms: [Variable]) -> Variable {
    precondition(!terms.isEmpty, "a sum needs a term")
    if terms.count == 1 { return terms[0] }
    precondition(
      terms.allSatisfy { $0.shape.count == terms[0].shape.count },
      "arrays of the shapes \(terms.map(\.shape)) cannot be added")
    return Sum(shape: terms[0].shape, terms: terms.count).results(terms)[0]
  }
}
