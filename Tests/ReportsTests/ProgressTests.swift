import Reports
import StudyModel
import Testing

private let terminal = Terminal(isInteractive: true, width: 80, height: 24, style: .plain)

private func snapshot(done: Int = 12, elapsed: Double = 35) -> ProgressSnapshot {
  var snapshot = ProgressSnapshot(study: "priors", metric: "elbo", trials: 40, runs: 160)
  snapshot.trialsDone = done - 1
  snapshot.trialsFailed = 1
  snapshot.runsDone = 4 * done
  snapshot.elapsed = elapsed
  snapshot.best = .init(trial: 7, value: Aggregate(of: [-81.2, -82.6, -80.9, -81]))
  snapshot.workers = [
    .init(
      name: "local-1", run: RunID(trial: 12, index: 2), attempt: 1, step: 1200, total: 2000,
      metrics: ["loss": 95.25, "elbo": -95.25, "lppd": 0.5, "rmse": 1]),
    .init(name: "local-2"),
    .init(name: "node-3.cluster", run: RunID(trial: 13, index: 0), attempt: 2, step: 17),
  ]
  return snapshot
}

/// What a terminal shows after the text: enough of one for what the display writes.
private struct Screen {
  var lines = [""]
  var row = 0

  mutating func write(_ text: String) {
    var rest = Substring(text)
    while let character = rest.popFirst() {
      switch character {
      case "\r": break
      case "\n":
        row += 1
        if row == lines.count { lines.append("") }
      case "\u{1B}":
        precondition(rest.popFirst() == "[", "an escape sequence that is not known")
        let number = Int(rest.prefix(while: \.isNumber)) ?? 0
        rest = rest.drop(while: \.isNumber)
        switch rest.popFirst() {
        case "A": row -= number
        case "K": lines[row] = ""
        case "J":
          lines.removeSubrange((row + 1)...)
          lines[row] = ""
        default: preconditionFailure("an escape sequence that is not known")
        }
      default: lines[row].append(character)
      }
    }
  }

  var text: String { lines.joined(separator: "\n") }
}

@Suite struct ProgressTests {
  @Test func block() throws {
    var model = ProgressModel(terminal)
    var screen = Screen()
    screen.write(model.update(snapshot(), at: 0))
    try expectSnapshot(screen.text, "progress-block.txt")
  }

  @Test(arguments: [10, 30, 40, 60, 79, 120])
  func blockNeverWraps(width: Int) {
    var model = ProgressModel(Terminal(isInteractive: true, width: width, height: 24, style: .plain))
    var screen = Screen()
    screen.write(model.update(snapshot(), at: 0))
    for line in screen.lines { #expect(displayWidth(of: line) <= width, "\(line)") }
  }

  @Test func blockIsRedrawnInPlace() {
    var model = ProgressModel(terminal)
    var screen = Screen()
    screen.write("$ hpsearch sweep\n")
    screen.write(model.update(snapshot(), at: 0))
    let before = screen.lines.count
    var next = snapshot(done: 13, elapsed: 38)
    next.workers.removeLast()
    screen.write(model.update(next, at: 1))
    #expect(screen.lines.count == before - 1)
    #expect(screen.text.contains("13/40") && !screen.text.contains("12/40"))
    screen.write(model.message("worker local-2 died"))
    #expect(screen.lines[1] == "worker local-2 died")
    #expect(screen.lines.count == before)
    screen.write(model.finish(next))
    #expect(screen.text == "$ hpsearch sweep\nworker local-2 died\n")
  }

  @Test func blockIsDrawnAtMostTenTimesASecond() {
    var model = ProgressModel(terminal)
    var drawn = 0
    for tick in 0..<3000 {
      if !model.update(snapshot(done: 1 + tick / 100, elapsed: Double(tick) / 1000), at: Double(tick) / 1000).isEmpty {
        drawn += 1
      }
    }
    #expect((15...30).contains(drawn))
  }

  @Test func moreWorkersThanRows() {
    var model = ProgressModel(Terminal(isInteractive: true, width: 80, height: 10, style: .plain))
    var screen = Screen()
    var many = snapshot()
    many.workers = (0..<300).map { .init(name: "w\($0)", run: $0 < 200 ? RunID(trial: $0, index: 0) : nil) }
    screen.write(model.update(many, at: 0))
    #expect(screen.lines.count <= 10)
    #expect(screen.text.contains("… and 295 more workers, 195 busy"))
  }

  @Test func workersKeepTheirLines() {
    var model = ProgressModel(terminal)
    var screen = Screen()
    var mixed = snapshot()
    mixed.workers = ["local-10", "local-2", "local-1"].map { .init(name: $0) }
    screen.write(model.update(mixed, at: 0))
    #expect(screen.lines.prefix(3).map { String($0.prefix { $0 != " " }) } == ["local-1", "local-2", "local-10"])
  }

  @Test func plainLines() {
    var model = ProgressModel(.none)
    let line = model.update(snapshot(), at: 0)
    let counts = "priors: 12/40 trials (1 failed), 48/160 runs"
    #expect(line == "\(counts), best elbo -81.43 ± 0.40 (trial 7), 0:35 elapsed, about 1:20 left\n")
  }

  @Test func plainLinesOnTrialsAndSignsOfLife() {
    var model = ProgressModel(.none)
    func writes(_ done: Int, _ now: Double) -> Bool {
      !model.update(snapshot(done: done, elapsed: now), at: now).isEmpty
    }
    #expect(writes(1, 0))
    #expect(!writes(1, 5))
    #expect(writes(2, 5))
    #expect(!writes(3, 5.5), "a trial that ended within the second")
    #expect(writes(3, 6))
    #expect(!writes(3, 15))
    #expect(writes(3, 16), "a sign of life")
    #expect(model.finish(snapshot(done: 3, elapsed: 16)).isEmpty, "this was said already")
    #expect(!model.finish(snapshot(done: 4, elapsed: 17)).isEmpty)
  }

  @Test func fastTrialsDoNotFloodALogFile() {
    var model = ProgressModel(.none)
    let lines = (0..<20_000).reduce(0) {
      $0 + (model.update(snapshot(done: 1 + $1, elapsed: Double($1) / 2000), at: Double($1) / 2000).isEmpty ? 0 : 1)
    }
    #expect((9...11).contains(lines))
  }

  @Test func estimateCountsPartsOfRunsAndNotWhatWasDoneBefore() throws {
    var snapshot = ProgressSnapshot(study: "s", metric: "y", trials: 10, runs: 10)
    snapshot.runsDone = 4
    snapshot.runsDoneBefore = 2
    snapshot.elapsed = 30
    snapshot.workers = [.init(name: "w", run: RunID(trial: 4, index: 0), attempt: 1, step: 50, total: 100)]
    // 2.5 runs in 30 seconds; 5.5 are left.
    #expect(abs(try #require(snapshot.secondsLeft) - 66) < 1e-9)
    #expect(snapshot.fraction == 0.45)
    snapshot.runs = nil
    #expect(snapshot.secondsLeft == nil && snapshot.fraction == nil)
  }

  /// A run of 600 epochs that goes on at epoch 262 has made 2 of them in ten seconds, not 264.
  @Test func estimateDoesNotCountWhatARunHadDoneBefore() throws {
    var snapshot = ProgressSnapshot(study: "s", metric: "y", trials: 2, runs: 2)
    snapshot.elapsed = 10
    snapshot.partsDoneBefore = [RunID(trial: 0, index: 0): 262.0 / 600]
    snapshot.workers = [.init(name: "w", run: RunID(trial: 0, index: 0), attempt: 2, step: 264, total: 600)]
    #expect(snapshot.secondsLeft == nil, "this is a guess before 1 % of a run is done")
    snapshot.elapsed = 50
    snapshot.workers[0].step = 272
    #expect(abs(try #require(snapshot.secondsLeft) - 50.0 / 10 * 928) < 1e-6)
    #expect(abs(try #require(snapshot.fraction) - 272.0 / 1200) < 1e-12)
    // It is done: 338 epochs were made here.
    snapshot.elapsed = 1690
    snapshot.runsDone = 1
    snapshot.workers = []
    #expect(abs(try #require(snapshot.secondsLeft) - 5 * 600) < 1e-6)
  }

  @Test func emptySweep() {
    var model = ProgressModel(terminal)
    var screen = Screen()
    screen.write(model.update(ProgressSnapshot(study: "s", metric: "y", trials: nil, runs: nil), at: 0))
    #expect(screen.text == "0 trials  0 runs  0:00 elapsed\n")
  }

  @Test func namesCannotBreakTheBlock() {
    var model = ProgressModel(terminal)
    var bad = snapshot()
    bad.workers = [.init(name: "evil\n\u{1B}[2J", run: RunID(trial: 0, index: 0), metrics: ["x\n": 1])]
    #expect(!model.update(bad, at: 0).contains("\u{1B}[2J"))
  }
}
