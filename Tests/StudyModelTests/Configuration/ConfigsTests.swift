import Foundation
import StudyModel
import Testing

/// The sweep files that come with the program.
@Suite struct ConfigsTests {
  static let names = files(in: configsFolder, extension: "json").filter { $0 != "sweep.schema.json" }

  @Test func allAreHere() {
    #expect(
      Self.names == [
        "branin-gp.json", "command.json", "gradient-polynomials.json", "grid-scale-mixture.json",
        "hypernetwork-boston.json",
        "hypernetwork-mnist.json", "hypernetwork-priors.json", "hypernetwork-yacht.json", "mnist.json",
        "prior-families.json", "priors-gp.json", "priors.json", "uci.json",
      ])
  }

  @Test(arguments: names) func decodesAndReadsBack(_ name: String) throws {
    let bytes = try Data(contentsOf: configsFolder.appending(path: name))
    let stem = String(name.dropLast(5))
    let configuration = try SweepConfiguration(parsing: bytes, fileName: name, defaultName: stem)
    #expect(configuration.name == stem)
    let text = configuration.json.serialized(pretty: true)
    let frozen = try SweepConfiguration(parsing: text, fileName: "sweep.json", defaultName: "")
    #expect(frozen == configuration)
    #expect(frozen.differences(from: configuration).isEmpty)
    // Every corner of the space can be run.
    for corner in [0.0, 0.5, 1.0] {
      let point = configuration.space.point(at: [Double](repeating: corner, count: configuration.space.count))
      _ = try configuration.applying(point)
    }
  }

  @Test func theGridIsThePapers() throws {
    let bytes = try Data(contentsOf: configsFolder.appending(path: "grid-scale-mixture.json"))
    let configuration = try SweepConfiguration(parsing: bytes, fileName: "grid", defaultName: "grid")
    #expect(configuration.space.gridCount == 27)
    let mixture = try configuration.applying(configuration.space.gridPoint(at: 5)).inference.prior.mixture
    #expect((mixture.wide, mixture.narrow, mixture.weight) == (0, -7, 0.75))
  }

  @Test func commandIsThere() {
    #expect(FileManager.default.fileExists(atPath: configsFolder.appending(path: "objective.py").path))
  }

  /// With RECORD_SNAPSHOTS=1 in the environment the schema is written anew.
  @Test func schemaIsCurrent() throws {
    let text = SweepConfiguration.jsonSchema.serialized(pretty: true) + "\n"
    #expect(try text == recorded(configsFolder.appending(path: "sweep.schema.json"), actual: text))
  }
}
