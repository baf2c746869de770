import BayesianNetworks
import Foundation
import Probability
import Tensors
import Testing

/// Another program reads the file by the published rules of the format, and computes the same predictions.
@Suite struct PythonTests {
  /// Runs a program of Python's, if there is one on the path; nil when it fails.
  static func output(_ program: String, _ arguments: [String] = []) -> String? {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["python3", "-c", program] + arguments
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return nil }
    let data = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return process.terminationStatus == 0 ? String(decoding: data, as: UTF8.self) : nil
  }

  /// Outputs of a network of dense layers with tanh between them, with the tensors `layers.K.weights` and `.biases` and
  /// a suffix, for rows of inputs.
  static let forward = """
    import json, math, struct, sys
    def forward(tensors, rows, prefix="", suffix=""):
        layers = sum(name.startswith(prefix + "layers.") and ".weights" + suffix in name for name in tensors)
        for x in rows:
            for layer in range(layers):
                w = tensors[prefix + "layers.%d.weights%s" % (layer, suffix)]
                b = tensors[prefix + "layers.%d.biases%s" % (layer, suffix)]
                x = [sum(x[i] * float(w[i][j]) for i in range(len(x))) + float(b[j]) for j in range(len(b))]
                if layer < layers - 1: x = [math.tanh(v) for v in x]
            yield x[0]

    """

  static let standardLibrary =
    forward + """
      bytes = open(sys.argv[1], "rb").read()
      length, = struct.unpack("<Q", bytes[:8])
      header = json.loads(bytes[8:8 + length])
      metadata = header.pop("__metadata__")
      tensors = {}
      for name, entry in header.items():
          assert entry["dtype"] == "F32"
          begin, end = entry["data_offsets"]
          flat = struct.unpack("<%df" % ((end - begin) // 4), bytes[8 + length + begin:8 + length + end])
          shape = entry["shape"]
          if len(shape) == 2: flat = [flat[i * shape[1]:(i + 1) * shape[1]] for i in range(shape[0])]
          tensors[name] = flat
      """

  static let module =
    forward + """
      from safetensors import safe_open
      with safe_open(sys.argv[1], framework="np") as file:
          metadata = file.metadata()
          tensors = {name: file.get_tensor(name) for name in file.keys()}
      """

  static let prediction = """

    data = json.loads(metadata["data"])
    rows = [[(v - m) / s for v, m, s in zip(row, data["inputMeans"], data["inputScales"])] for row in json.loads(sys.argv[2])]
    posterior = json.loads(metadata["posterior"])
    if posterior["kind"] == "samples":
        outputs = [list(forward(tensors, rows, prefix="samples.%d." % k)) for k in range(posterior["count"])]
    else:
        outputs = [list(forward(tensors, rows, suffix="" if posterior["kind"] == "point" else ".mean"))]
    for row in range(len(rows)):
        print(sum(o[row] for o in outputs) / len(outputs) * data["targetScale"] + data["targetMean"])
    """

  func check(_ kind: String, _ program: String) throws {
    let data = DataDescription(
      features: ["a", "b", "c"], inputMeans: [1, 2, 0.1], inputScales: [0.5, 3, 1], target: "y", targetMean: -7.25,
      targetScale: 30)
    let file = PosteriorFile(
      PosteriorFileTests.posterior(kind), model: PosteriorFileTests.model, method: "any", data: data)
    let path = NSTemporaryDirectory() + "hpsearch-\(UUID().uuidString).safetensors"
    try Data(try file.encode()).write(to: URL(fileURLWithPath: path))
    defer { try? FileManager.default.removeItem(atPath: path) }

    let rows = [[0.0, 0, 0], [1.5, -2, 0.25], [1, 2, 3], [-4, 5, 0.1]]
    let output = try #require(Self.output(program + Self.prediction, [path, "\(rows)"]))
    let found = output.split(separator: "\n").compactMap { Double($0) }
    let inputs = rows.flatMap { row in (0..<3).map { Float((row[$0] - data.inputMeans[$0]) / data.inputScales[$0]) } }
    // At the mean, which is a point, the diagonal Gaussian's prediction is the same for everyone.
    var read = try PosteriorFile<Float>(decoding: try file.encode())
    if let gaussian = read.posterior as? VariationalPosterior<Float> {
      read.posterior = PointPosterior(Vector(gaussian.weights.mean.array + gaussian.tail.array))
    }
    let summary = PredictiveSummary(
      samples: 100, scaling: TargetScaling(mean: data.targetMean, scale: data.targetScale), key: RandomKey(seed: 1))
    let expected = summary.regression(read.predictive, inputs: Matrix(inputs, rows: 4, columns: 3)).map(\.mean)
    try #require(found.count == 4)
    for (a, b) in zip(found, expected) { #expect(abs(a - b) <= 1e-4 * max(1, abs(b)), "\(found) \(expected)") }
    #expect(Set(found.map { Int($0) }).count > 1)
  }

  @Test(
    .enabled(if: output("pass") != nil, "needs python3"), arguments: ["point", "diagonal-gaussian", "samples"])
  func pythonReadsTheFormatByItsRules(kind: String) throws { try check(kind, Self.standardLibrary) }

  @Test(
    .enabled(if: output("import numpy, safetensors") != nil, "needs Python's safetensors and numpy"),
    arguments: ["point", "diagonal-gaussian", "samples"])
  func pythonsSafetensorsReadsIt(kind: String) throws { try check(kind, Self.module) }
}
