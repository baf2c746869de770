import Tensors

/// Reads the tensors of a file by name, checks type, shape and every number, and knows at the end which were left over.
struct TensorReader<Scalar: TensorScalar> {
  let file: SafeTensors
  private var known: Set<String> = []

  init(_ file: SafeTensors) {
    self.file = file
  }

  mutating func read(
    _ name: String, shape: [Int], into target: UnsafeMutablePointer<Scalar>
  ) throws(CheckpointError) {
    guard let tensor = file.tensors[name] else { throw .missingTensor(name: name) }
    guard tensor.element == Scalar.element else {
      throw .wrongType(name: name, expected: Scalar.element.rawValue, found: tensor.element.rawValue)
    }
    guard tensor.shape == shape else { throw .wrongShape(name: name, expected: shape, found: tensor.shape) }
    tensor.bytes.withUnsafeBytes {
      UnsafeMutableRawBufferPointer(start: target, count: $0.count).copyMemory(from: $0)
    }
    let count = shape.reduce(1, *)
    if !Scalar.allFinite(target, count: count) {
      throw .notFinite(name: name, index: (0..<count).first { !target[$0].isFinite } ?? 0)
    }
    known.insert(name)
  }

  mutating func vector(_ name: String, count: Int) throws(CheckpointError) -> Vector<Scalar> {
    var vector = Vector<Scalar>(count: count)
    try read(name, shape: [count], into: vector.unsafeMutablePointer())
    return vector
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
