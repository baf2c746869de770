import Tensors

/// Where each value of a program lies: which memory it shares with others, and when it is free again.
struct MemoryPlan<Scalar: TensorScalar> {
  /// The memory of a value.
  enum Memory: Hashable {
    case input(Int)
    case constant(Int)
    case destination(Int)
    /// Numbers from the start of the arena.
    case arena(Int)
  }

  struct Place: Hashable {
    var memory: Memory
    /// Numbers from the start of that memory.
    var offset: Int
  }

  /// What a value's memory is before the arena is laid out.
  private enum Home: Hashable {
    case memory(Memory)
    case slot(Int)
  }

  private struct Slot {
    var count: Int
    var first: Int
    var last: Int
    var start = 0
  }

  private let schedule: Schedule<Scalar>
  /// The term of a sum -> the sum into which it is written at once.
  private var folded: [Variable<Scalar>: Variable<Scalar>] = [:]
  private var homes: [Variable<Scalar>: Home] = [:]
  private var slots: [Slot] = []
  private var lastUse: [Variable<Scalar>: Int] = [:]
  /// Folded terms that add to what is there.
  private(set) var accumulating: Set<Variable<Scalar>> = []
  private(set) var constants: [Vector<Scalar>] = []
  /// Destinations that are filled by a copy at the end.
  private(set) var copied: [Int] = []
  private(set) var arenaCount = 0
  private let kept: [Variable<Scalar>]
  private let destinations: [Variable<Scalar>]
  private var isUsed: Set<Variable<Scalar>> = []

  init(
    _ schedule: Schedule<Scalar>, inputs: [Variable<Scalar>], kept: [Variable<Scalar>],
    destinations: [Variable<Scalar>]
  ) {
    self.schedule = schedule
    self.kept = kept.map { schedule.resolved($0, for: nil) }
    self.destinations = destinations.map { schedule.resolved($0, for: nil) }
    foldSums()
    findLastUses()
    for (index, input) in inputs.enumerated() { homes[input] = .memory(.input(index)) }
    for (index, destination) in self.destinations.enumerated() {
      let (root, offset) = root(of: destination)
      if homes[root] == nil, offset == 0, root.shape.count == destination.shape.count, isComputed(root.node) {
        homes[root] = .memory(.destination(index))
      } else {
        copied.append(index)
      }
    }
    for (step, node) in schedule.order.enumerated() { assign(node, step) }
    layOut()
  }

  private func isComputed(_ node: Node<Scalar>) -> Bool {
    !(node.operation is Input<Scalar>) && !(node.operation is Constant<Scalar>)
  }

  func isNeeded(_ variable: Variable<Scalar>) -> Bool {
    isUsed.contains(variable) || variable.node.operation.isScratch(variable.result)
  }

  /// Whether a term of a sum is already in it when the sum runs.
  func isFolded(_ term: Variable<Scalar>, into sum: Variable<Scalar>) -> Bool { root(of: term).root == sum }

  func place(_ variable: Variable<Scalar>) -> Place {
    let (root, offset) = root(of: variable)
    switch homes[root] {
    case .memory(let memory): return Place(memory: memory, offset: offset)
    case .slot(let index): return Place(memory: .arena(slots[index].start), offset: offset)
    case nil: preconditionFailure("\(root.node.operation) was never given memory")
    }
  }

  /// The value whose memory a variable lies in: views and terms of sums have none of their own.
  private func root(of variable: Variable<Scalar>) -> (root: Variable<Scalar>, offset: Int) {
    var (current, offset) = (variable, 0)
    while true {
      if let sum = folded[current] {
        current = sum
      } else if let view = current.node.operation.view {
        current = schedule.inputs(of: current.node)[view.input]
        offset += view.offset
      } else {
        return (current, offset)
      }
    }
  }

  /// Terms that are made for a sum alone, by operations that can add, are written into the sum.
  private mutating func foldSums() {
    var uses: [Variable<Scalar>: Int] = [:]
    for variable in kept + destinations {
      uses[variable, default: 0] += 2
      isUsed.insert(variable)
    }
    for node in schedule.order {
      for input in schedule.inputs(of: node) {
        uses[input, default: 0] += 1
        isUsed.insert(input)
      }
    }
    var position: [ObjectIdentifier: Int] = [:]
    for (index, node) in schedule.order.enumerated() { position[ObjectIdentifier(node)] = index }
    for node in schedule.order where node.operation is Sum<Scalar> {
      let sum = Variable(node: node, result: 0)
      var terms: [Variable<Scalar>] = []
      for input in schedule.inputs(of: node) {
        var term = input
        while uses[term] == 1, let view = term.node.operation.view, view.offset == 0 {
          let viewed = schedule.inputs(of: term.node)[view.input]
          guard viewed.shape.count == term.shape.count else { break }
          term = viewed
        }
        if uses[term] == 1, term.node.operation.view == nil, term.node.operation.canAccumulate(term.result),
          !terms.contains(term)
        {
          terms.append(term)
        }
      }
      terms.sort { position[ObjectIdentifier($0.node)]! < position[ObjectIdentifier($1.node)]! }
      for (index, term) in terms.enumerated() {
        folded[term] = sum
        if index > 0 { accumulating.insert(term) }
      }
    }
  }

  private mutating func findLastUses() {
    for (step, node) in schedule.order.enumerated() {
      for input in schedule.inputs(of: node) { lastUse[root(of: input).root] = step }
      for result in node.shapes.indices {
        let root = root(of: Variable(node: node, result: result)).root
        lastUse[root] = max(lastUse[root] ?? step, step)
      }
    }
    for variable in kept + destinations { lastUse[root(of: variable).root] = schedule.order.count }
  }

  private mutating func assign(_ node: Node<Scalar>, _ step: Int) {
    if node.operation.view != nil { return }
    if let constant = node.operation as? Constant<Scalar> {
      homes[Variable(node: node, result: 0)] = .memory(.constant(constants.count))
      constants.append(constant.values)
      return
    }
    if node.operation is Input<Scalar> {
      precondition(homes[Variable(node: node, result: 0)] != nil, "the input \(node.operation) is not bound")
      return
    }
    for result in node.shapes.indices {
      let variable = Variable(node: node, result: result)
      let root = root(of: variable).root
      guard homes[root] == nil, isNeeded(variable) else { continue }
      if root == variable, let slot = slotToOverwrite(node, result, step) {
        homes[root] = .slot(slot)
        slots[slot].last = lastUse[root]!
      } else {
        homes[root] = .slot(slots.count)
        slots.append(Slot(count: root.shape.count, first: step, last: lastUse[root]!))
      }
    }
  }

  private func slotToOverwrite(_ node: Node<Scalar>, _ result: Int, _ step: Int) -> Int? {
    let inputs = schedule.inputs(of: node)
    let isSum = node.operation is Sum<Scalar>
    guard let index = isSum ? 0 : node.operation.overwritable(result) else { return nil }
    let (value, offset) = root(of: inputs[index])
    guard offset == 0, value.shape.count == node.shapes[result].count, lastUse[value] == step,
      case .slot(let slot) = homes[value], slots[slot].count == value.shape.count
    else { return nil }
    for (other, input) in inputs.enumerated() where other != index && root(of: input).root == value { return nil }
    // Two results cannot both take the same memory.
    for other in node.shapes.indices where other != result {
      if homes[Variable(node: node, result: other)] == .slot(slot) { return nil }
    }
    return slot
  }

  /// Each slot at the lowest place that is free for as long as it lives, the largest slots first.
  private mutating func layOut() {
    let alignment = 64 / MemoryLayout<Scalar>.stride
    var placed: [Int] = []
    for index in slots.indices.sorted(by: { (slots[$0].count, $1) > (slots[$1].count, $0) }) {
      let size = (slots[index].count + alignment - 1) / alignment * alignment
      let neighbours =
        placed
        .filter { slots[$0].first <= slots[index].last && slots[index].first <= slots[$0].last }
        .sorted { slots[$0].start < slots[$1].start }
      var start = 0
      for neighbour in neighbours {
        let end = slots[neighbour].start + (slots[neighbour].count + alignment - 1) / alignment * alignment
        if start + size <= slots[neighbour].start { break }
        start = max(start, end)
      }
      slots[index].start = start
      arenaCount = max(arenaCount, start + size)
      placed.append(index)
    }
  }
}
