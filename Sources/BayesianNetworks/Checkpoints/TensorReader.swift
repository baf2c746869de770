import Tensors

/// Reads the tensors of a file by name, checks type, shape and every number, and knows at the end which were left over.
struct TensorReader {
  let file: SafeTensors
  private var known: Set<String> = []

  init(_ file: SafeTensors) {
    self.file = file
  }

  mutating func read<Scalar: TensorScalar>(
    _ name: String, shape: [Int], into target: UnsafeMutablePointer<Scalar>
  ) throws(CheckpointError) {
    try tensor(name, Scalar.self, shape).bytes.withUnsafeBytes {
      UnsafeMutableRawBufferPointer(start: target, count: $0.count).copyMemory(from: $0)
    }
    let count = shape.reduce(1, *)
    if !Scalar.allFinite(target, count: count) {
      throw .notFinite(name: name, index: (0..<count).first { !target[$0].isFinite } ?? 0)
    }
    known.insert(name)
  }

  mutating func vector<Scalar: TensorScalar>(
    _ name: String, shape: [Int], of type: Scalar.Type = Scalar.self
  ) throws(CheckpointError) -> Vector<Scalar> {
    // Before there is memory for it: a damaged file may ask for more than there is.
    _ = try tensor(name, type, shape)
    var vector = Vector<Scalar>(count: shape.reduce(1, *))
    try read(name, shape: shape, into: vector.unsafeMutablePointer())
    return vector
  }

  private func tensor<Scalar: TensorScalar>(
    _ name: String, _ type: Scalar.Type, _ shape: [Int]
  ) throws(CheckpointError) -> SafeTensors.Tensor {
    guard let tensor = file.tensors[name] else { throw .missingTensor(name: name) }
    guard tensor.element == type.element else {
      throw .wrongType(name: name, expected: type.element.rawValue, found: tensor.element.rawValue)
    }
    guard tensor.shape == shape else { throw .wrongShape(name: name, expected: shape, found: tensor.shape) }
    return tensor
  }

  /// Throws where the file has tensors that nobody has read.
  func finish() throws(CheckpointError) {
    if let other = file.tensors.keys.sorted().first(where: { !known.contains($0) }) {
      throw .unexpectedTensor(name: other)
    }
  }
}

extension SafeTensors {
  /// Sets a tensor to numbers in memory, row-major.
  mutating func set<Scalar: TensorScalar>(_ name: String, _ base: UnsafePointer<Scalar>, shape: [Int]) {
    let memory = UnsafeRawBufferPointer(start: base, count: shape.reduce(MemoryLayout<Scalar>.stride, *))
    tensors[name] = Tensor(element: Scalar.element, shape: shape, bytes: Array(memory))
  }

  mutating func set<Scalar: TensorScalar>(_ name: String, _ vector: Vector<Scalar>) {
    withExtendedLifetime(vector) { set(name, vector.unsafePointer, shape: [vector.count]) }
  }
}

extension TensorScalar {
  fileprivate static var element: SafeTensors.Tensor.Element { MemoryLayout<Self>.size == 4 ? .float : .double }
}
