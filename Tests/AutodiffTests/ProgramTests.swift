import Autodiff
import Tensors
import Testing

@Suite struct ProgramTests {
  /// A network with a gradient of every parameter, written to bound memory.
  func program() -> (Program<Double>, [V], V) {
    let x = V.input([5, 3])
    let layers = [V.input([16]), V.input([10])]
    let hidden = x.affine(layers[0], inputs: 3, outputs: 4).tanh()
    let loss = hidden.affine(layers[1], inputs: 4, outputs: 2).logSoftmax().slice(from: 0, shape: [6]).sum()
    let program = Program(
      inputs: [x] + layers, outputs: [loss], destinations: gradient(of: loss, withRespectTo: layers))
    return (program, [x] + layers, loss)
  }

  @Test func writesToBoundMemory() {
    let (program, inputs, loss) = program()
    let data = inputs.enumerated().map { Vector(numbers($1.shape.count, seed: UInt64($0))) }
    for (index, vector) in data.enumerated() { program.bind(input: index, to: vector.unsafePointer) }
    var first = Vector<Double>(count: 16)
    var second = Vector<Double>(count: 10)
    program.bind(destination: 0, to: first.unsafeMutablePointer())
    program.bind(destination: 1, to: second.unsafeMutablePointer())
    program.run()
    let expected = values(
      gradient(of: loss, withRespectTo: Array(inputs[1...])), at: zip(inputs, data).map { ($0, $1.array) })
    #expect(first.array == expected[0])
    #expect(second.array == expected[1])
    withExtendedLifetime(data) {}
  }

  @Test func runsWithoutAllocations() {
    let (program, inputs, _) = program()
    let data = inputs.map { Vector(numbers($0.shape.count)) }
    for (index, vector) in data.enumerated() { program.bind(input: index, to: vector.unsafePointer) }
    var memory = Vector<Double>(count: 32)
    program.bind(destination: 0, to: memory.unsafeMutablePointer())
    program.bind(destination: 1, to: memory.unsafeMutablePointer() + 16)
    program.run()
    // Other tests of this process allocate at the same time: one quiet attempt is enough.
    let isQuiet = (0..<1000).contains { _ in
      let before = StorageStatistics.allocations
      for _ in 0..<10 { program.run() }
      return StorageStatistics.allocations == before
    }
    #expect(isQuiet)
    withExtendedLifetime((data, memory)) {}
  }

  /// The same variable twice, an input, a view and a constant as destinations: all are copied where needed.
  @Test func destinationsOfAllKinds() {
    let x = V.input([4])
    let y = x.exp()
    let outputs = [y, y, x, y.slice(from: 1, shape: [2]), V.constant([1, 2], shape: [2])]
    let program = Program(inputs: [x], outputs: [], destinations: outputs)
    let data = Vector([0.0, 1, 2, 3])
    program.bind(input: 0, to: data.unsafePointer)
    var memory = outputs.map { Vector<Double>(count: $0.shape.count) }
    for index in outputs.indices { program.bind(destination: index, to: memory[index].unsafeMutablePointer()) }
    program.run()
    withExtendedLifetime(data) {}
    #expect(memory.map(\.array) == values(outputs, at: [(x, [0, 1, 2, 3])]))
  }

  /// Memory is used again: a long chain needs no more than a short one.
  @Test func chainsTakeNoMoreMemory() {
    func workspace(_ length: Int) -> Int {
      let x = V.input([100])
      var y = x
      for _ in 0..<length { y = y.exp().tanh() * 2.0 }
      return Program(inputs: [x], outputs: [y.sum()]).workspaceCount
    }
    #expect(workspace(50) == workspace(5))
  }

  /// A value that is read after an operation that could overwrite it stays.
  @Test func nothingIsOverwrittenTooEarly() {
    let x = V.input([3])
    let y = x * 2.0
    let z = y.exp()
    let outputs = values([z + y, y, (y + 1) * (y + 2) - y], at: [(x, [0, 0.5, 1])])
    #expect(outputs[1] == [0, 1, 2])
    #expect(outputs[2] == [2, 5, 10])
  }

  /// Terms of a sum that operations write into it directly, and terms that have another use as well.
  @Test func sumsOfAllKindsOfTerms() {
    let (x, w) = (V.input([2, 2]), V.input([2, 2]))
    let product = x.matrixProduct(w)
    let other = w.matrixProduct(x)
    let expression = (product.squared() + other).sum() + product.sum() + other.dot(x)
    let error = GradientCheck().error(of: expression, at: [(x, numbers(4)), (w, numbers(4, seed: 9))])
    #expect(error < 1e-8)
  }

  @Test func noiseIsThatOfTheRun() {
    let noise = V.noise(NoiseSource(.normal, labels: [4, 2]), shape: [2000])
    let key = RandomKey(seed: 8)
    let found = values([noise], key: key)[0]
    #expect(found == Vector<Double>.normal(key.folded(4).folded(2), count: 2000).array)
    let x = V.input([2000])
    let product = values([x.multiplied(by: NoiseSource(.normal, labels: [4, 2]))], at: [(x, numbers(2000))], key: key)
    #expect(product[0] == zip(found, numbers(2000)).map { $0 * $1 })
  }
}
