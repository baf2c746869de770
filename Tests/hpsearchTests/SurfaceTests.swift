import Foundation
import StudyModel
import Testing

extension ProcessTests {
  @Suite struct SurfaceTests {
    let sandbox: Sandbox

    init() throws { sandbox = try Sandbox() }

    private let sweep = """
      {"name": "learned", "data": {"builtin": "noisy-sine", "points": 64, "split": {"kind": "k-fold", "folds": 2}},
       "model": {"hidden": [8]}, "inference": {"evaluationSamples": 10}, "training": {"epochs": 20, "batchSize": 32},
       "space": {"model.activation": {"values": ["tanh"]},
                 "inference.prior.scale": {"range": [0.05, 2], "scale": "log"},
                 "model.likelihood.scale": {"range": [0.05, 0.5], "scale": "log"}},
       "objective": {"metric": "elbo"},
       "strategy": {"kind": "hypernetwork", "trials": 4, "explorations": 1, "explorationEpochs": 20}}
      """

    @Test func `a learned surface is shown beside the verified trials, as text, numbers and a picture`() throws {
      try sandbox.write("learned.json", sweep)
      _ = try sandbox.run("sweep", "learned.json", "--workers", "1")
      let text = try sandbox.run("surface", "learned").output
      for words in ["Trial 0", "activation tanh", "Predicted best", "3 verified trials", "off by", "Search of fold 1"] {
        #expect(text.contains(words), "\(text)")
      }
      let json = try JSONValue(parsing: sandbox.run("surface", "learned", "--format", "json").output)
      let exploration = try #require(json.object?["explorations"]?.array?.first?.object)
      #expect(exploration["verified"]?.array?.count == 3 && exploration["slices"]?.array?.count == 2)
      #expect(exploration["runs"]?.array?.count == 2)
      let csv = try sandbox.run("surface", "learned", "--format", "csv", "--trial", "0", "--plot", "learned.svg").output
      #expect(csv.hasPrefix("trial,kind,run,index,slice,inference.prior.scale,model.likelihood.scale,learned"))
      let picture = try sandbox.read("learned.svg")
      #expect(picture.hasPrefix("<?xml") && picture.hasSuffix("</svg>\n"))
      #expect(picture.contains(">inference.prior.scale<") && picture.contains(">model.likelihood.scale<"))
      let unknown = try sandbox.run("surface", "learned", "--trial", "9", status: 64).errors
      #expect(unknown.contains("no trial 9") && unknown.contains("Explorations: 0"), "\(unknown)")
      #expect(try sandbox.run("surface", "learned", "--trial", "1", status: 64).errors.contains("ordinary trial"))
      let nowhere = try sandbox.run("surface", "learned", "--plot", "none/x.svg", status: 1)
      #expect(nowhere.errors.contains("none") && nowhere.output.isEmpty, "\(nowhere.errors)")
      #expect(try sandbox.run("surface", "learned", "--plot", "x.png", status: 64).errors.contains(".svg"))
    }

    @Test func `a study that explored nothing says what would`() throws {
      try sandbox.write("noop.json", SweepFiles.noop(trials: 3))
      _ = try sandbox.run("sweep", "noop.json")
      let errors = try sandbox.run("surface", "noop", status: 1).errors
      #expect(errors.contains("no exploration") && errors.contains("hypernetwork"), "\(errors)")
    }
  }
}
