public import Tensors

/// An expression graph made ready to run: the operations in order, and a place in memory for each value. A run allocates
/// nothing.
///
/// Inputs and destinations are memory of the caller's, bound before a run; other outputs lie in the program's own memory
/// until the next run. One thread at a time may run a program.
public final class Program<Scalar: TensorScalar> {
  public let inputs: [Variable<Scalar>]
  public let outputs: [Variable<Scalar>]
  public let destinations: [Variable<Scalar>]
  let steps: [Step<Scalar>]
  private let operands: UnsafeMutablePointer<UnsafeMutableRawPointer>
  private let operandCount: Int
  /// Where the operands that are bound lie in the table, with their offsets in bytes.
  private let inputOperands: [[(operand: Int, offset: Int)]]
  private let destinationOperands: [[(operand: Int, offset: Int)]]
  private let outputOperands: [Int]
  private let arena: Arena<Scalar>
  private let constants: [Vector<Scalar>]

  /// Numbers of memory for values between inputs and outputs.
  public var workspaceCount: Int { arena.count }

  /// - Parameters:
  ///   - inputs: All inputs that the outputs depend on.
  ///   - outputs: Values to be read through `output(_:)`.
  ///   - destinations: Values to be written to memory that is bound with `bind(destination:to:)`.
  ///   - arena: Memory to share with programs that never run at the same time.
  public init(
    inputs: [Variable<Scalar>], outputs: [Variable<Scalar>], destinations: [Variable<Scalar>] = [],
    arena: Arena<Scalar> = Arena()
  ) {
    let schedule = Schedule(outputs + destinations)
    let plan = MemoryPlan(schedule, inputs: inputs, kept: outputs, destinations: destinations)
    var builder = StepBuilder(schedule, plan)
    builder.addSteps()
    for index in plan.copied { builder.addCopy(of: destinations[index], to: index) }
    outputOperands = outputs.map { builder.addOperand(schedule.resolved($0, for: nil)) }
    arena.reserve(plan.arenaCount)
    (self.inputs, self.outputs, self.destinations, self.arena) = (inputs, outputs, destinations, arena)
    steps = builder.steps
    constants = plan.constants
    operandCount = builder.operands.count
    operands = .allocate(capacity: max(1, operandCount))
    operands.initialize(repeating: UnsafeMutableRawPointer(arena.base), count: max(1, operandCount))
    var (ofInputs, ofDestinations) = (
      Array(repeating: [(operand: Int, offset: Int)](), count: inputs.count),
      Array(repeating: [(operand: Int, offset: Int)](), count: destinations.count)
    )
    let stride = MemoryLayout<Scalar>.stride
    for (index, place) in builder.operands.enumerated() {
      guard let place else { continue }
      switch place.memory {
      case .input(let input): ofInputs[input].append((index, place.offset * stride))
      case .destination(let destination): ofDestinations[destination].append((index, place.offset * stride))
      case .constant(let constant):
        operands[index] = UnsafeMutableRawPointer(
          mutating: UnsafeRawPointer(constants[constant].unsafePointer + place.offset))
      case .arena(let start): operands[index] = UnsafeMutableRawPointer(arena.base + start + place.offset)
      }
    }
    inputOperands = ofInputs
    destinationOperands = ofDestinations
  }

  deinit {
    operands.deallocate()
  }

  /// The memory that an input is read from, until it is bound to another.
  public func bind(input index: Int, to memory: UnsafePointer<Scalar>) {
    bind(input: index, toBytes: UnsafeRawPointer(memory))
  }

  /// The indices that an input is read from.
  public func bind(input index: Int, to memory: UnsafePointer<Int32>) {
    bind(input: index, toBytes: UnsafeRawPointer(memory))
  }

  private func bind(input index: Int, toBytes memory: UnsafeRawPointer) {
    for (operand, offset) in inputOperands[index] {
      operands[operand] = UnsafeMutableRawPointer(mutating: memory + offset)
    }
  }

  /// The memory that a destination is written to, until it is bound to another.
  public func bind(destination index: Int, to memory: UnsafeMutablePointer<Scalar>) {
    for (operand, offset) in destinationOperands[index] { operands[operand] = UnsafeMutableRawPointer(memory) + offset }
  }

  /// Computes everything.
  ///
  /// - Parameter key: Names the random numbers of this run.
  public func run(key: RandomKey = RandomKey(seed: 0)) {
    steps.withUnsafeBufferPointer { steps in
      for index in steps.indices { steps[index].run(operands, key) }
    }
  }

  /// Where an output lies after a run.
  public func output(_ index: Int) -> UnsafePointer<Scalar> {
    UnsafePointer(operands[outputOperands[index]].assumingMemoryBound(to: Scalar.self))
  }

  /// Runs each operation by itself under a clock.
  ///
  /// - Returns: The operations' names in the order in which they run, with their shapes and seconds.
  public func profile(key: RandomKey = RandomKey(seed: 0)) -> [(name: String, seconds: Double)] {
    let clock = ContinuousClock()
    return steps.map { step in
      let start = clock.now
      step.run(operands, key)
      let elapsed = clock.now - start
      return (step.name, Double(elapsed.components.attoseconds) * 1e-18 + Double(elapsed.components.seconds))
    }
  }
}

/// Memory that programs use for values between inputs and outputs.
public final class Arena<Scalar: TensorScalar> {
  private var memory = Vector<Scalar>(count: 0)
  private(set) var base: UnsafeMutablePointer<Scalar>
  /// Blocks that programs made before the memory grew still use.
  private var earlier: [Vector<Scalar>] = []

  public init() {
    base = memory.unsafeMutablePointer()
  }

  public var count: Int { memory.count }

  func reserve(_ count: Int) {
    guard count > memory.count else { return }
    if memory.count > 0 { earlier.append(memory) }
    memory = Vector(count: count)
    base = memory.unsafeMutablePointer()
  }
}
