import Foundation
import StudyModel
import Testing

/// A prior with a scale for each group of weights in a sweep file.
@Suite struct PriorScalesTests {
  private func sweep(
    prior: String = "{}", space: String = "{}", method: String = "bayes-by-backprop", model: String = "{}",
    strategy: String = #"{"trials": 4}"#
  ) throws -> SweepConfiguration {
    try SweepConfiguration(
      parsing: #"""
        {"data": {"builtin": "noisy-sine"}, "model": \#(model), "inference": {"method": "\#(method)", "prior": \#(prior)},
         "strategy": \#(strategy), "space": \#(space)}
        """#, fileName: "", defaultName: "s")
  }

  private func fault(
    prior: String = "{}", space: String = "{}", method: String = "bayes-by-backprop", model: String = "{}",
    strategy: String = #"{"trials": 4}"#
  ) -> String {
    do throws(any Error) {
      _ = try sweep(prior: prior, space: space, method: method, model: model, strategy: strategy)
      return "no fault"
    } catch { return (error as? ConfigurationError)?.issues.map { "\($0.path): \($0.message)" }.joined() ?? "\(error)" }
  }

  @Test func whoSharesAScale() throws {
    #expect(try sweep().inference.prior.grouping == nil)
    #expect(try sweep(prior: #"{"scales": [1, 0.5]}"#).inference.prior.grouping == .layer)
    #expect(try sweep(prior: #"{"scales": [1, 0.5], "per": "weight"}"#).inference.prior.grouping == .weight)
    // Studies that were begun without it are written as they were.
    let json = try sweep().json.serialized()
    #expect(!json.contains("\"per\"") && !json.contains("\"scales\""))
    #expect(try sweep(prior: #"{"scales": [1, 0.5]}"#).json.serialized().contains(#""scales":[1.0,0.5]"#))
  }

  @Test func pointsSetElements() throws {
    let configuration = try sweep(
      prior: #"{"scales": [1, 0.5]}"#, space: #"{"inference.prior.scales.1": {"range": [0.1, 10], "scale": "log"}}"#)
    #expect(
      try configuration.applying(Point(["inference.prior.scales.1": 3.0])).inference.prior.scales == [1, 3])
    let grown = try sweep(space: #"{"inference.prior.scales": {"range": [0.1, 10], "count": 2}}"#)
    let point = Point(["inference.prior.scales.0": 2.0, "inference.prior.scales.1": 3.0])
    #expect(try grown.applying(point).inference.prior.scales == [2, 3])
    #expect(throws: ConfigurationError.self) { try grown.applying(Point(["inference.prior.scales.1": 2.0])) }
    #expect(throws: ConfigurationError.self) { try grown.applying(Point(["inference.prior.scales.0": -1.0])) }
  }

  @Test func faultsAreNamed() {
    let dimension = #"{"inference.prior.scales": {"range": [0.1, 10], "count": 3}}"#
    #expect(
      fault(space: dimension) == "inference.prior.scales: there are 3, and the network's layers with weights are 2")
    #expect(fault(space: dimension, model: #"{"hidden": [5, 5]}"#) == "no fault")
    #expect(fault(prior: #"{"per": "weight"}"#, space: dimension) == "no fault")
    #expect(
      fault(prior: #"{"scales": [1, -1]}"#)
        == "inference.prior.scales[1]: expected a number greater than 0, found -1")
    #expect(fault(prior: #"{"scales": []}"#).hasPrefix("inference.prior.scales: expected an array of at least one"))
    #expect(fault(prior: #"{"kind": "laplace", "scales": [1]}"#).contains("has no meaning where inference.prior.kind"))
    #expect(
      fault(prior: #"{"per": "weight"}"#, method: "laplace")
        .hasPrefix("inference.laplace.curvature: \"kronecker\" needs a prior scale for each layer"))
    #expect(fault(prior: #"{"per": "layer"}"#, method: "ivon").contains("\"ivon\" needs one scale for all weights"))
    #expect(
      fault(space: #"{"inference.prior.scale": {"range": [0.1, 10], "count": 2}}"#)
        .contains("belongs to a field that is an array of numbers, \"model.hidden\""))
    #expect(
      fault(
        space: #"{"inference.prior.scales.0": {"values": [1]}, "inference.prior.scales": {"values": [2], "count": 1}}"#)
        == "space[\"inference.prior.scales\"]: \"inference.prior.scales.0\" is there twice")
    #expect(fault(space: #"{"inference.prior.scales.x": {"values": [1]}}"#).contains("has this path"))
    #expect(
      fault(space: #"{"inference.prior.scales": {"range": [0.1, 10]}}"#).contains("takes an array"),
      "a range of an array says what is to be done")
  }

  /// What would fail in every trial, or in some, is found before.
  @Test func everyPointCanBeMade() {
    let range = #"{"range": [0.1, 10]}"#
    #expect(
      fault(space: #"{"inference.prior.scales.1": \#(range)}"#)
        == "space[\"inference.prior.scales.1\"]: \"inference.prior.scales.0\" is not there: give the elements before this "
        + "one in the file, or as dimensions above")
    #expect(
      fault(space: #"{"model.hidden.2": {"range": [4, 8]}}"#, model: #"{"hidden": [8]}"#).contains("hidden.1\" is not"))
    #expect(fault(space: #"{"model.hidden.1": {"range": [4, 8]}}"#, model: #"{"hidden": [8]}"#) == "no fault")
    #expect(
      fault(
        space: #"""
          {"model.activation": {"values": ["relu", "tanh"]},
           "inference.prior.scales.0": {"range": [0.1, 10], "when": {"model.activation": "relu"}},
           "inference.prior.scales.1": \#(range)}
          """#
      ).contains("give it the same \"when\""))
    #expect(
      fault(space: #"{"inference.prior.scales.0": \#(range), "inference.prior.scales": {"values": [[1, 1]]}}"#)
        .contains("one of the two is a part of the other"))
    #expect(
      fault(
        space: #"""
          {"inference.prior.scales": {"values": [1, 2], "count": 2},
           "training.momentum": {"values": [0.5], "when": {"inference.prior.scales": 1}}}
          """#
      ).contains("name one of them, such as \"inference.prior.scales.0\""))
    #expect(
      fault(space: #"{"inference.prior.scales.9223372036854775807": {"values": [1]}}"#).contains("has this path"))
    let two = #"{"inference.prior.scales": {"values": [1, 2], "count": 2}}"#
    #expect(fault(space: two, method: "ivon").contains("\"ivon\" needs one scale for all weights"))
    #expect(
      fault(space: #"{"inference.prior.per": {"values": ["weight", "layer"]}}"#, method: "laplace")
        .contains("\"kronecker\" needs a prior scale for each layer"))
  }

  @Test func theyAreExplored() throws {
    let explored = try sweep(
      space: #"{"inference.prior.scales": {"range": [0.1, 10], "scale": "log", "count": 2}}"#,
      strategy: #"{"kind": "hypernetwork", "trials": 4}"#)
    #expect(explored.exploredDimensions == ["inference.prior.scales.0", "inference.prior.scales.1"])
    #expect(explored.dimensionsLeftToTrials == [])
    // The scale of all weights has no part in it.
    let both = try sweep(
      prior: #"{"per": "layer"}"#,
      space: #"""
        {"inference.prior.scales": {"range": [0.1, 10], "scale": "log", "count": 1},
         "model.likelihood.scale": {"range": [0.1, 1]}, "inference.prior.scale": {"range": [0.1, 1]}}
        """#, strategy: #"{"kind": "gradient", "trials": 4}"#)
    #expect(both.dimensionsLeftToTrials == ["inference.prior.scale"])
    #expect(
      fault(
        space: #"{"inference.prior.scales": {"range": [0, 10], "count": 2}}"#,
        strategy: #"{"kind": "gradient", "trials": 4}"#) != "no fault")
  }
}
