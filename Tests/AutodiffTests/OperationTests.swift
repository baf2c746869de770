import Autodiff
import Tensors
import Testing

/// A function of one or two arrays that is checked against differences, and its gradient once more.
struct CheckedFunction: CustomTestStringConvertible, Sendable {
  var testDescription: String
  /// Makes an array of the inputs, which are 4 x 3 and 12 numbers.
  var make: @Sendable (V, V) -> V
}

let checkedFunctions: [CheckedFunction] = [
  .init(testDescription: "exp") { x, _ in x.exp() },
  .init(testDescription: "log") { x, _ in (x.squared() + 0.5).log() },
  .init(testDescription: "log1p") { x, _ in (-x.magnitude()).exp().log1p() },
  .init(testDescription: "squareRoot") { x, _ in (x.squared() + 0.5).squareRoot() },
  .init(testDescription: "reciprocal") { x, _ in (x.squared() + 0.5).reciprocal() },
  .init(testDescription: "magnitude") { x, _ in x.magnitude() * x },
  .init(testDescription: "erf") { x, _ in x.erf() },
  .init(testDescription: "tanh") { x, _ in x.tanh() },
  .init(testDescription: "sigmoid") { x, _ in x.sigmoid() },
  .init(testDescription: "softplus") { x, _ in x.softplus() },
  .init(testDescription: "relu") { x, y in x.relu() * y },
  .init(testDescription: "gelu") { x, _ in x.gelu() },
  .init(testDescription: "negative") { x, y in -(x * y) },
  .init(testDescription: "add") { x, y in (x + y) * x },
  .init(testDescription: "subtract") { x, y in (x - y).squared() },
  .init(testDescription: "multiply") { x, y in x * y * x },
  .init(testDescription: "divide") { x, y in x / (y.squared() + 1) },
  .init(testDescription: "scalar operands") { x, y in x.sum() * y / (x.squared().sum() + 1) - (y.sum() + x) * 2 },
  .init(testDescription: "dot") { x, y in x.dot(y) * x },
  .init(testDescription: "sums of rows and columns") { x, y in
    x.sumOfRows().broadcastToRows(of: [4, 3]) * y + x.squared().sumOfColumns().broadcastToColumns(of: [4, 3])
  },
  .init(testDescription: "softmax") { x, y in x.softmax() * y },
  .init(testDescription: "logSoftmax") { x, y in x.logSoftmax() * y },
  .init(testDescription: "matrix product") { x, y in x.matrixProduct(y.reshaped([3, 4])).tanh() },
  .init(testDescription: "matrix product, A'") { x, y in x.matrixProduct(y.reshaped([4, 3]), transposeA: true).tanh() },
  .init(testDescription: "matrix product, B'") { x, y in x.matrixProduct(y.reshaped([4, 3]), transposeB: true).tanh() },
  .init(testDescription: "matrix product, A' B'") { x, y in
    x.matrixProduct(y.reshaped([3, 4]), transposeA: true, transposeB: true).tanh()
  },
  .init(testDescription: "affine") { x, y in x.affine(y.slice(from: 2, shape: [8]), inputs: 3, outputs: 2).tanh() },
  .init(testDescription: "slice and concatenation") { x, y in
    V.concatenated([x.slice(from: 1, shape: [5]).exp(), y.slice(from: 3, shape: [7])]) * 2
  },
  .init(testDescription: "dropout") { x, y in
    x.multiplied(by: NoiseSource(.dropout(rate: 0.4), labels: [1])) * y
  },
  .init(testDescription: "convolution") { x, y in
    x.convolution(
      y.slice(from: 1, shape: [10]),
      ConvolutionGeometry(height: 3, width: 2, channels: 1, kernelHeight: 2, kernelWidth: 2, padding: 1), outputs: 2
    ).tanh()
  },
  .init(testDescription: "convolution of channels with a stride") { x, y in
    x.convolution(
      y.slice(from: 1, shape: [7]),
      ConvolutionGeometry(height: 2, width: 2, channels: 3, kernelHeight: 1, kernelWidth: 2, stride: 2), outputs: 1
    ).tanh()
  },
  .init(testDescription: "max pooling") { x, y in
    x.tanh().maxPooled(PoolingGeometry(height: 3, width: 2, channels: 2, window: 2, stride: 1))
      * y.slice(
        from: 2, shape: [4])
  },
  .init(testDescription: "average pooling") { x, y in
    x.tanh().averagePooled(PoolingGeometry(height: 3, width: 2, channels: 2, window: 2, stride: 1))
      * y.slice(
        from: 2, shape: [4])
  },
  .init(testDescription: "translation of two images") { x, y in
    let vectors = V.constant([0.6, -0.7, -1.2, 0.4], shape: [2, 2])
    return x.translated(
      ImageGeometry(height: 3, width: 2, channels: 1), by: y.slice(from: 0, shape: []).exp(), times: vectors
    ).tanh() * y
  },
  .init(testDescription: "translation of channels") { x, y in
    let image = ImageGeometry(height: 2, width: 2, channels: 3)
    let moved = (x * y).translated(image, by: x.slice(from: 3, shape: [1]), times: .constant([0.3, 0.8], shape: [2]))
    return moved.squared().translated(
      image, by: y.slice(from: 5, shape: []), times: .constant([-0.5, 0.2], shape: [2]))
  },
  .init(testDescription: "random signs") { x, y in
    x.withRandomSigns(images: 2, places: 3, channels: 2, labels: [1]) * y
  },
  .init(testDescription: "Gaussian noise") { x, y in x.multiplied(by: NoiseSource(.normal, labels: [3])) * y.exp() },
]

@Suite struct OperationTests {
  let x = V.input([4, 3])
  let y = V.input([12])

  /// A scalar in which every number has another weight.
  func scalar(_ array: V) -> V {
    (array * .constant((0..<array.shape.count).map { 0.3 + Double(($0 * 7) % 5) }, shape: array.shape)).sum()
  }

  @Test(arguments: checkedFunctions) func firstDerivative(_ function: CheckedFunction) {
    let error = GradientCheck().error(
      of: scalar(function.make(x, y)), at: [(x, numbers(12)), (y, numbers(12, seed: 2))])
    #expect(error < 1e-8)
  }

  @Test(arguments: checkedFunctions) func secondDerivative(_ function: CheckedFunction) {
    let value = scalar(function.make(x, y))
    let gradients = gradient(of: value, withRespectTo: [x, y])
    let second = scalar(gradients[0].tanh()) + scalar(gradients[1].tanh())
    let error = GradientCheck().error(of: second, at: [(x, numbers(12)), (y, numbers(12, seed: 2))])
    #expect(error < 1e-7)
  }

  @Test(arguments: checkedFunctions) func hessianIsSymmetric(_ function: CheckedFunction) {
    let value = scalar(function.make(x, y))
    let (u, v) = (V.constant(numbers(12, seed: 5), shape: [12]), V.constant(numbers(12, seed: 6), shape: [12]))
    let (s, t) = (V.constant(numbers(12, seed: 7), shape: [12]), V.constant(numbers(12, seed: 8), shape: [12]))
    let first = hessianVectorProduct(of: value, withRespectTo: [x, y], times: [u, v])
    let second = hessianVectorProduct(of: value, withRespectTo: [x, y], times: [s, t])
    let products = values(
      [first[0].dot(s) + first[1].dot(t), second[0].dot(u) + second[1].dot(v)],
      at: [(x, numbers(12)), (y, numbers(12, seed: 2))])
    #expect((products[0][0] - products[1][0]).magnitude < 1e-10 * max(1, products[0][0].magnitude))
  }

  @Test(arguments: checkedFunctions) func directionalDerivative(_ function: CheckedFunction) {
    let array = function.make(x, y)
    let (u, v) = (numbers(12, seed: 5), numbers(12, seed: 6))
    let directions = [V.constant(u, shape: [12]), V.constant(v, shape: [12])]
    let forward = directionalDerivatives(of: [array], withRespectTo: [x, y], along: directions)[0]
    let backward = gradient(of: scalar(array), withRespectTo: [x, y])
    let results = values(
      [scalar(forward), backward[0].dot(directions[0]) + backward[1].dot(directions[1])],
      at: [(x, numbers(12)), (y, numbers(12, seed: 2))])
    #expect((results[0][0] - results[1][0]).magnitude < 1e-11 * max(1, results[1][0].magnitude))
  }
}
