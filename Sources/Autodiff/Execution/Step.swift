import Tensors

/// One kernel call of a program.
struct Step<Scalar: TensorScalar>: Sendable {
  enum Kernel: Sendable {
    case operation(any Operation<Scalar>)
    /// result = the terms added, or result += terms where some are in it already.
    case sum(terms: Int, count: Int, isStarted: Bool)
    case copy(count: Int)
  }

  let kernel: Kernel
  let name: String
  /// The first operand in the program's table: inputs, and then results.
  let firstOperand: Int
  let inputCount: Int
  let needed: UInt64
  let accumulating: UInt64

  @inline(__always)
  func run(_ table: UnsafeMutablePointer<UnsafeMutableRawPointer>, _ key: RandomKey) {
    let frame = Frame<Scalar>(
      operands: UnsafePointer(table + firstOperand), inputCount: inputCount, needed: needed,
      accumulating: accumulating, key: key)
    switch kernel {
    case .operation(let operation): operation.run(frame)
    case .sum(let terms, let count, let isStarted):
      let result = frame.result(0)
      var next = 0
      if !isStarted {
        Scalar.arithmetic(.add, frame.input(0), false, frame.input(1), false, into: result, count: count)
        next = 2
      }
      while next < terms {
        Scalar.axpy(1, frame.input(next), result, count: count)
        next += 1
      }
    case .copy(let count): Scalar.copy(frame.input(0), into: frame.result(0), count: count)
    }
  }
}

/// Makes the steps of a program, and the table of what they read and write.
struct StepBuilder<Scalar: TensorScalar> {
  private let schedule: Schedule<Scalar>
  private let plan: MemoryPlan<Scalar>
  private(set) var steps: [Step<Scalar>] = []
  /// nil: a result that nobody needs.
  private(set) var operands: [MemoryPlan<Scalar>.Place?] = []

  init(_ schedule: Schedule<Scalar>, _ plan: MemoryPlan<Scalar>) {
    self.schedule = schedule
    self.plan = plan
  }

  mutating func addSteps() {
    for node in schedule.order {
      let operation = node.operation
      if operation.view != nil || operation is Constant<Scalar> || operation is Input<Scalar> { continue }
      if operation is Sum<Scalar> { addSum(node) } else { add(node) }
    }
  }

  private mutating func add(_ node: Node<Scalar>) {
    let first = operands.count
    let inputs = schedule.inputs(of: node)
    for input in inputs { operands.append(plan.place(input)) }
    var (needed, accumulating) = (UInt64(0), UInt64(0))
    precondition(node.shapes.count <= 64, "an operation has at most 64 results")
    for result in node.shapes.indices {
      let variable = Variable(node: node, result: result)
      guard plan.isNeeded(variable) else {
        operands.append(nil)
        continue
      }
      needed |= 1 << UInt64(result)
      if plan.accumulating.contains(variable) { accumulating |= 1 << UInt64(result) }
      operands.append(plan.place(variable))
    }
    guard needed != 0 else { return }
    steps.append(
      Step(
        kernel: .operation(node.operation), name: Self.name(node), firstOperand: first, inputCount: inputs.count,
        needed: needed, accumulating: accumulating))
  }

  private mutating func addSum(_ node: Node<Scalar>) {
    let sum = Variable(node: node, result: 0)
    let all = schedule.inputs(of: node)
    let left = all.filter { !plan.isFolded($0, into: sum) }
    guard !left.isEmpty else { return }
    let isStarted = left.count < all.count
    let first = operands.count
    for term in left { operands.append(plan.place(term)) }
    operands.append(plan.place(sum))
    steps.append(
      Step(
        kernel: .sum(terms: left.count, count: sum.shape.count, isStarted: isStarted), name: "Sum \(sum.shape)",
        firstOperand: first, inputCount: left.count, needed: 1, accumulating: 0))
  }

  mutating func addCopy(of variable: Variable<Scalar>, to destination: Int) {
    let first = operands.count
    operands.append(plan.place(schedule.resolved(variable, for: nil)))
    operands.append(.init(memory: .destination(destination), offset: 0))
    steps.append(
      Step(
        kernel: .copy(count: variable.shape.count), name: "copy \(variable.shape)", firstOperand: first, inputCount: 1,
        needed: 1, accumulating: 0))
  }

  /// The place of an output in the table.
  mutating func addOperand(_ variable: Variable<Scalar>) -> Int {
    operands.append(plan.place(variable))
    return operands.count - 1
  }

  /// The operation's type without its parameters, and the shape of its first result.
  private static func name(_ node: Node<Scalar>) -> String {
    let type = String(describing: type(of: node.operation))
    return "\(type.prefix { $0 != "<" }) \(node.shapes.first.map(\.description) ?? "")"
  }
}
