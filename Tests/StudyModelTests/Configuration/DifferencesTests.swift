import Foundation
import StudyModel
import Testing

@Suite struct DifferencesTests {
  private func read(_ extra: String) throws -> SweepConfiguration {
    try SweepConfiguration(
      parsing: #"{"data": {"builtin": "noisy-sine"}, \#(extra)}"#, fileName: "sweep.json", defaultName: "sweep")
  }

  @Test func eachDifferenceIsALine() throws {
    let study = try read(
      #""strategy": {"trials": 4}, "space": {"training.epochs": {"range": [1, 9]}, "#
        + #""model.activation": {"values": ["relu"]}}"#)
    let file = try read(
      #""strategy": {"trials": 9}, "training": {"learningRate": 0.01}, "seeds": 2, "#
        + #""space": {"training.epochs": {"range": [1, 8]}, "training.beta1": {"range": [0, 0.5]}}"#)
    #expect(
      file.differences(from: study) == [
        "training.learningRate: 0.001 in the study, 0.01 in the file",
        #"space["training.epochs"].range: [1,9] in the study, [1,8] in the file"#,
        #"space["model.activation"]: {"values":["relu"]} in the study, not given in the file"#,
        #"space["training.beta1"]: not given in the study, {"range":[0,0.5]} in the file"#,
        "strategy.trials: 4 in the study, 9 in the file", "seeds: 1 in the study, 2 in the file",
      ])
  }

  @Test func theBudgetCanBeLeftOut() throws {
    let (study, file) = (try read(#""strategy": {"trials": 4}"#), try read(#""strategy": {"trials": 9}"#))
    #expect(file.differences(from: study, ignoringBudget: true).isEmpty)
    #expect(file.differences(from: study).count == 1)
  }

  @Test func spellingIsNoDifference() throws {
    let a = try read(#""strategy": {"trials": 1}, "training": {"learningRate": 1e-3}, "seeds": 1"#)
    let b = try read(#""seeds": 1.0, "training": {"learningRate": 0.0010, "epochs": 100}, "strategy": {"trials": 1}"#)
    #expect(a.differences(from: b).isEmpty && a == b)
  }

  /// A study that was frozen before there was more than one method goes on with its file: what has come since has its
  /// default on both sides.
  @Test func newDefaultsAreNoDifference() throws {
    let frozen = try Data(contentsOf: inputsFolder.appending(path: "Frozen/mnist.json"))
    let study = try SweepConfiguration(parsing: frozen, fileName: "sweep.json", defaultName: "")
    let file = try Data(contentsOf: configsFolder.appending(path: "mnist.json"))
    let now = try SweepConfiguration(parsing: file, fileName: "mnist.json", defaultName: "mnist")
    #expect(now.differences(from: study).isEmpty && now == study)
    // The frozen text itself is a sweep file, with all the keys that were written then.
    let old = try JSONValue(parsing: frozen).object?["training"]?.object?.keys
    #expect(old?.contains("momentum") == true && old?.contains("schedule") == false)
    var other = now
    other.inference.temperature = 0.5
    other.training.earlyStopping = .init()
    #expect(
      other.differences(from: study) == [
        "inference.temperature: 1 in the study, 0.5 in the file",
        #"training.earlyStopping: not given in the study, {"everyEpochs":1,"patience":20} in the file"#,
      ])
  }

  @Test func theOrderOfDimensionsCounts() throws {
    let (x, y) = (#""training.epochs": {"range": [1, 9]}"#, #""training.beta1": {"range": [0, 0.5]}"#)
    let a = try read(#""strategy": {"trials": 1}, "space": {\#(x), \#(y)}"#)
    let b = try read(#""strategy": {"trials": 1}, "space": {\#(y), \#(x)}"#)
    #expect(a.differences(from: b) == ["space: the dimensions have another order in the file"])
  }
}
