import ArgumentParser
import Foundation
import Objectives
import Reports
import StudyModel
import Tensors

struct Predict: ComputingCommand {
  static let configuration = CommandConfiguration(
    abstract: "Predict the rows of a CSV file with a saved posterior.",
    discussion: """
      Finds the inputs by the names of the columns, in any order, and needs nothing but the two files. A regression \
      gives for each row the mean, the standard deviation, the part of it that more data would take away (epistemic), and \
      quantiles, all of the predictive mixture and in the units of the target. A classification gives the class, the \
      entropy in nats and the probability of each class. Where the file has the target too, scores go to standard error.

      EXAMPLES:
        hpsearch predict model.safetensors new.csv > predictions.csv
        hpsearch predict model.safetensors new.csv --quantiles 0.05,0.95 --samples 1000
        hpsearch predict model.safetensors test.csv --format json | jq '.predictions[0].mean'
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable { case csv, json }

  /// Numbers with commas between them.
  struct Quantiles: ExpressibleByArgument, CustomStringConvertible {
    var values: [Double]

    init(_ values: [Double]) { self.values = values }

    init?(argument: String) {
      let parts = argument.split(separator: ",", omittingEmptySubsequences: false)
      let values = parts.compactMap { Double($0.trimmingCharacters(in: .whitespaces)) }
      guard values.count == parts.count, values.allSatisfy({ $0 > 0 && $0 < 1 }), Set(values).count == values.count
      else { return nil }
      self.values = values
    }

    var description: String { values.map { "\($0)" }.joined(separator: ",") }
    var defaultValueDescription: String { description }
  }

  @Argument(
    help: ArgumentHelp("The file that hpsearch train has written.", valueName: "posterior"),
    completion: .file(extensions: ["safetensors"]))
  var posterior: String

  @Argument(help: "The rows to predict: CSV with a header.", completion: .file(extensions: ["csv"]))
  var csv: String

  @Option(help: ArgumentHelp("Posterior samples; a posterior that has fewer gives all of them.", valueName: "N"))
  var samples = 100

  @Option(
    help: ArgumentHelp("Quantiles of a regression: different numbers between 0 and 1, with commas.", valueName: "LIST"))
  var quantiles = Quantiles([0.025, 0.5, 0.975])

  @Option(help: ArgumentHelp("Names the random numbers of the samples.", valueName: "N"))
  var seed = 0

  @Option(help: ArgumentHelp("BLAS threads.", valueName: "N"))
  var threads = 1

  @Option(help: "How the predictions are written.")
  var format = Format.csv

  @Option(help: ArgumentHelp("Write here instead of to standard output.", valueName: "FILE"))
  var output: String?

  func validate() throws {
    if samples < 1 { throw ValidationError("--samples is \(samples); it must be 1 or more") }
    if samples > 1_000_000 { throw ValidationError("--samples is \(samples); at most 1000000 are drawn") }
    if threads < 1 { throw ValidationError("--threads is \(threads); it must be 1 or more") }
  }

  func run() throws {
    BLAS.setThreads(threads)
    let bytes: [UInt8]
    do {
      bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: posterior)))
    } catch {
      throw fail("cannot read \(posterior): \(error.reasonText)", status: ExitCode.usage)
    }
    let predictions: TrainedNetworkPredictions
    do {
      predictions = try TrainedNetworkPredictions(
        posterior: bytes, named: posterior, csv: csv,
        options: .init(samples: samples, quantiles: quantiles.values, seed: seed))
    } catch {
      throw fail(error, status: ExitCode.usage)
    }
    for note in predictions.notes { StandardError.write("note: \(note)\n") }
    try write(predictions)
    if !predictions.scores.isEmpty {
      let scores = predictions.scores.sorted { $0.key < $1.key }.map { "\($0.key) \(text(of: $0.value, digits: 6))" }
      StandardError.write("\(predictions.target): \(scores.joined(separator: ", "))\n")
    }
  }

  private func write(_ predictions: TrainedNetworkPredictions) throws {
    let text: String
    switch format {
    case .csv:
      var table = CSV(header: predictions.columns)
      for row in predictions.rows { table.append(row.map { $0.string ?? $0.serialized() }) }
      text = table.text
    case .json:
      text = documentText([
        "posterior": .string(posterior), "data": .string(csv), "target": .string(predictions.target),
        "scores": .object(
          JSONObject(
            predictions.scores.sorted { $0.key < $1.key }.map {
              .init($0.key, $0.value.isFinite ? .number($0.value) : .null)
            })),
        "predictions": .array(predictions.rows.indices.map(predictions.object)),
      ])
    }
    guard let output else { return StandardOutput.write(text) }
    do {
      try OutputFile(output).write(Array(text.utf8))
    } catch {
      throw fail(error)
    }
  }
}
