import BayesianNetworks
import Foundation
import StudyModel
import Tensors

/// The scores of the whole validation data along a training, as lines of the log: at about twenty ends of epochs, evenly
/// spaced, and after the first and the last.
struct LearningCurve {
  private static let points = 20
  private static let samples = 20

  private let epochs: Int
  private let stepsPerEpoch: Int

  init(stepsPerEpoch: Int, totalSteps: Int) {
    self.stepsPerEpoch = stepsPerEpoch
    epochs = totalSteps / stepsPerEpoch
  }

  func isDue(after step: Int) -> Bool {
    guard step % stepsPerEpoch == 0 else { return false }
    let epoch = step / stepsPerEpoch
    let spacing = max(1, (epochs + Self.points - 1) / Self.points)
    return epoch == 1 || epoch == epochs || epoch % spacing == 0
  }

  /// A point of the curve as it stands in the log.
  func line(
    _ iterate: any Posterior<Float>, step: Int, member: Int?, model: BayesianModel, data: Examples<Float>,
    evaluation: Evaluation
  ) -> String {
    var look = evaluation
    look.samples = min(Self.samples, evaluation.samples)
    var point = look.scores(of: MonteCarloPredictive(iterate, model: model), data: data).filter(\.value.isFinite)
    if model.likelihood.parameterCount == 0 { point["noise"] = nil }
    point["epoch"] = Double(step / stepsPerEpoch)
    point["member"] = member.map { Double($0) }
    let text = point.sorted { $0.key < $1.key }.map { "\"\($0.key)\":\(String(format: "%.6g", $0.value))" }
    return "learning-curve: {\(text.joined(separator: ","))}"
  }
}
