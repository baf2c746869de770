import StudyModel
import Testing

@Suite struct StrategyConfigurationTests {
  private func read(_ strategy: String, space: String = #"{"x": {"range": [0, 1]}}"#) throws -> SweepConfiguration {
    try SweepConfiguration(
      parsing: #"{"objective": {"function": "noop"}, "strategy": \#(strategy), "space": \#(space)}"#,
      fileName: "sweep.json", defaultName: "sweep")
  }

  @Test func `a Gaussian process has defaults, and writes them out`() throws {
    let configuration = try read(#"{"kind": "gaussian-process", "trials": 9}"#)
    let strategy = configuration.strategy
    #expect(strategy.acquisition == .logNoisyExpectedImprovement && strategy.kernel == .matern52)
    #expect(strategy.startup == nil && !strategy.perSecond && !strategy.replicates && strategy.enqueue.isEmpty)
    #expect(
      configuration.json.object?["strategy"] == [
        "kind": "gaussian-process", "trials": 9, "acquisition": "log-noisy-expected-improvement",
        "kernel": "matern-5/2",
        "perSecond": false, "replicates": false,
      ])
    #expect(try SweepConfiguration(json: configuration.json) == configuration)
  }

  @Test func `every key is read, and comes back`() throws {
    for acquisition in SweepConfiguration.Strategy.Acquisition.allCases {
      for kernel in SweepConfiguration.Strategy.Kernel.allCases {
        let configuration = try read(
          """
          {"kind": "gaussian-process", "trials": 9, "acquisition": "\(acquisition.rawValue)",
           "kernel": "\(kernel.rawValue)", "startup": 3, "perSecond": true, "replicates": true,
           "enqueue": [{"x": 0.5}, {"x": 1}]}
          """)
        let strategy = configuration.strategy
        #expect(strategy.acquisition == acquisition && strategy.kernel == kernel && strategy.startup == 3)
        #expect(strategy.perSecond && strategy.replicates && strategy.enqueue == [["x": 0.5], ["x": 1]])
        #expect(try SweepConfiguration(json: configuration.json) == configuration)
      }
    }
  }

  @Test(arguments: ["grid", "random", "sobol"]) func `other kinds have no keys of its, and are written as before`(
    kind: String
  ) throws {
    let space = #"{"x": {"values": [1, 2]}}"#
    let configuration = try read(#"{"kind": "\#(kind)", "trials": 9}"#, space: space)
    #expect(configuration.json.object?["strategy"] == ["kind": .string(kind), "trials": 9])
    #expect(try SweepConfiguration(json: configuration.json) == configuration)
    let enqueued = try read(#"{"kind": "\#(kind)", "trials": 9, "enqueue": [{"x": 2}]}"#, space: space)
    #expect(enqueued.json.object?["strategy"] == ["kind": .string(kind), "trials": 9, "enqueue": [["x": 2]]])
    #expect(
      enqueued.differences(from: configuration) == [#"strategy.enqueue: not given in the study, [{"x":2}] in the file"#]
    )
  }

  @Test func `points that come first have the form that the domains give them`() throws {
    let configuration = try read(
      #"{"kind": "random", "trials": 9, "enqueue": [{"n": 3.0, "x": 1, "y": 0.5, "kind": "b"}, {"kind": "a", "x": 0, "n": 1}]}"#,
      space: #"""
        {"kind": {"values": ["a", "b"]}, "x": {"range": [0, 1]}, "n": {"range": [1, 5], "type": "integer"},
         "y": {"range": [0.1, 1], "scale": "log", "when": {"kind": "b"}}}
        """#)
    #expect(
      configuration.enqueuedPoints == [
        Point(["kind": "b", "x": 1.0, "n": 3, "y": 0.5]), Point(["kind": "a", "x": 0.0, "n": 1]),
      ])
    for point in configuration.enqueuedPoints { #expect(configuration.space.contains(point)) }
  }
}
