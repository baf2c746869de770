import Objectives
import StudyModel
import Testing

/// Ensembles whose members are trained several at a time.
@Suite struct EnsembleRunTests: NetworkRunning {
  /// Long enough for several rounds: 3 steps an epoch.
  private func ensemble(members: Int = 5, epochs: Int = 800) -> SweepConfiguration {
    var result = sine()
    result.inference.method = .deepEnsemble
    result.inference.members = members
    result.training.epochs = epochs
    result.objective.metric = "lppd"
    return result
  }

  @Test func theNumberOfThreadsChangesNoDigit() throws {
    let alone = try run(ensemble())
    for threads in [2, 3, 8] {
      #expect(try run(ensemble(), threads: threads) == alone, "\(threads) threads")
    }
    #expect(try run(ensemble(members: 4)) != alone)
  }

  @Test func earlyStoppingAndTheLossPlaneAreOfTheLastMember() throws {
    var configuration = ensemble(members: 3, epochs: 60)
    configuration.training.earlyStopping = .init()
    configuration.evaluation.scores = [.lossPlane, .learningCurve]
    let contexts = [RecordingContext(), RecordingContext()]
    let alone = try run(configuration, context: contexts[0])
    #expect(try run(configuration, context: contexts[1], threads: 3) == alone && alone["best_epoch"] != nil)
    let curves = contexts.map { $0.logs.filter { $0.hasPrefix("learning-curve") }.sorted() }
    #expect(curves[0] == curves[1] && curves[0].count >= 3)
    let planes = contexts.map { $0.logs.filter { $0.hasPrefix("loss-plane") } }
    #expect(planes[0] == planes[1] && !planes[0].isEmpty, "\(planes)")
  }

  /// Stopped between two rounds, and resumed by a worker with another number of threads.
  @Test(arguments: [(2, 3, 1), (3, 1, 3), (4, 3, 2), (6, 2, 5), (9, 3, 3)])
  func stoppedAndResumed(_ question: Int, _ threads: Int, _ others: Int) throws {
    let context = RecordingContext(stop: { $0 == question })
    let configuration = ensemble()
    #expect(throws: RunInterrupted.self) { try run(configuration, context: context, threads: threads) }
    let checkpoint = try #require(context.checkpoints.last)
    let second = RecordingContext()
    #expect(
      try run(configuration, checkpoint: checkpoint.bytes, context: second, threads: others) == run(configuration))
    #expect(
      second.logs.contains { $0.hasPrefix("goes on from the checkpoint after step \(checkpoint.step) of 12000") })
  }

  @Test func aCheckpointHoldsEveryMemberInTraining() throws {
    let context = RecordingContext(stop: { $0 == 2 })
    #expect(throws: RunInterrupted.self) { try run(ensemble(epochs: 8000), context: context, threads: 3) }
    let header = String(decoding: try #require(context.checkpoints.last).bytes.prefix(2000), as: UTF8.self)
    #expect(header.contains("\"trainings\":\"0,1,2\"") && header.contains("also.2.optimizer.1"))
  }

  @Test func aDivergedMemberFailsTheRunWithTheSameWords() throws {
    var configuration = ensemble(members: 4)
    configuration.training.learningRate = 1e30
    let messages = [1, 4].map { threads in
      #expect(throws: ObjectiveError.self) { try run(configuration, threads: threads) }.map { "\($0)" }
    }
    #expect(messages[0] == messages[1] && messages[0]?.contains("of member 1 (epoch 1)") == true, "\(messages)")
  }

  /// What member runs hand over.
  private func states(_ configuration: SweepConfiguration, parts: Int) throws -> [[UInt8]] {
    try (0..<parts).compactMap { number in
      let context = RecordingContext()
      let metrics = try run(configuration, context: context, part: MemberPart(number: number, count: parts))
      #expect(metrics == ["step": Double(context.checkpoints.last?.step ?? 0)])
      return context.checkpoints.last?.bytes
    }
  }

  @Test(arguments: [1, 2, 3, 5, 7]) func memberRunsGiveTheSameDigits(parts: Int) throws {
    let configuration = ensemble(epochs: 100)
    let context = RecordingContext()
    let states = try states(configuration, parts: parts)
    #expect(states.count == min(parts, 5))
    #expect(try run(configuration, context: context, memberStates: states) == run(configuration))
    #expect(context.logs.contains("5 members from \(states.count) member runs"))
    #expect(!context.logs.contains { $0.contains("epoch") })
  }

  @Test func whatMemberRunsLackIsTrained() throws {
    let configuration = ensemble(epochs: 100)
    let alone = try run(configuration)
    let states = try states(configuration, parts: 5)
    for missing in 0..<5 {
      var some = states
      some.remove(at: missing)
      let context = RecordingContext()
      #expect(try run(configuration, context: context, memberStates: some) == alone)
      #expect(context.logs.contains { $0.hasPrefix("member \(missing + 1)/5 epoch 100/100") })
    }
    var damaged = states
    damaged[2].removeLast(10)
    let context = RecordingContext()
    #expect(try run(configuration, context: context, memberStates: damaged) == alone)
    #expect(context.logs.contains { $0.hasSuffix("begins anew") })
  }

  @Test func memberRunsOfOneNetworkAreOfThatNetwork() throws {
    var configuration = sine()
    configuration.training.earlyStopping = .init()
    let states = try states(configuration, parts: 2)
    #expect(states.count == 1)
    #expect(try run(configuration, memberStates: states) == run(configuration))
  }

  @Test func earlyStoppingAndTheLossPlaneSurviveMemberRuns() throws {
    var configuration = ensemble(members: 3, epochs: 60)
    configuration.training.earlyStopping = .init()
    configuration.evaluation.scores = [.lossPlane]
    let states = try states(configuration, parts: 3)
    let contexts = [RecordingContext(), RecordingContext()]
    let apart = try run(configuration, context: contexts[0], memberStates: states)
    #expect(try apart == run(configuration, context: contexts[1]) && apart["best_epoch"] != nil)
    let planes = contexts.map { $0.logs.filter { $0.hasPrefix("loss-plane") } }
    #expect(planes[0] == planes[1] && !planes[0].isEmpty)
  }

  @Test func aMemberRunIsStoppedAndResumed() throws {
    let configuration = ensemble()
    let part = MemberPart(number: 1, count: 2)
    let whole = RecordingContext()
    _ = try run(configuration, context: whole, part: part)
    let context = RecordingContext(stop: { $0 == 500 })
    #expect(throws: RunInterrupted.self) { try run(configuration, context: context, part: part) }
    let second = RecordingContext()
    _ = try run(configuration, checkpoint: try #require(context.checkpoints.last).bytes, context: second, part: part)
    #expect(second.checkpoints.last?.bytes == whole.checkpoints.last?.bytes)
    #expect(second.checkpoints.last?.step == 4800)
  }

  @Test func progressIsOfAllMembers() throws {
    let context = RecordingContext()
    _ = try run(ensemble(members: 3, epochs: 100), context: context, threads: 2)
    for member in 1...3 {
      #expect(context.logs.contains { $0.hasPrefix("member \(member)/3 epoch 1/100") })
      #expect(context.logs.contains { $0.hasPrefix("member \(member)/3 epoch 100/100") })
    }
    let steps = context.reports.map(\.step)
    #expect(steps == steps.sorted() && steps.last == 900)
  }
}
